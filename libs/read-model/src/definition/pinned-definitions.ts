import { Payload, tasksInOrder, type JsonObject, type WorkflowDef } from '@partitura/model';
import { statement, textArray, type Queries } from '@partitura/postgres';

const selectBodies = statement(
  'definition_bodies',
  'SELECT hash, body FROM archive.definition WHERE hash = ANY($1::text[])',
);

const tasksOfBody = new WeakMap<Payload, readonly Payload[]>();

/** JSON of a definition's tasks, by the number that events name them with; worked out once per definition. */
export function tasksOf(body: Payload): readonly Payload[] {
  let tasks = tasksOfBody.get(body);
  if (tasks === undefined) {
    tasks = tasksInOrder(body.object as unknown as WorkflowDef).map((task) =>
      Payload.of(task as unknown as JsonObject),
    );
    tasksOfBody.set(body, tasks);
  }
  return tasks;
}

/** Bodies by hash, kept in memory: a hash never changes its meaning. */
export class PinnedDefinitions {
  readonly #known = new Map<string, Payload>();
  readonly #max: number;

  constructor(max = 500) {
    this.#max = max;
  }

  /** Bodies of all given hashes, by one query for those that are not known yet. */
  async load(queries: Queries, hashes: Iterable<string>): Promise<(hash: string) => Payload> {
    const wanted = new Map([...new Set(hashes)].map((hash) => [hash, this.#known.get(hash)]));
    const unknown = [...wanted].filter(([, body]) => body === undefined).map(([hash]) => hash);
    if (unknown.length > 0) {
      const rows = await queries.rows<{ hash: string; body: Uint8Array }>(selectBodies, [textArray(unknown)]);
      for (const { hash, body } of rows) {
        const pinned = definitionIn(Payload.fromBytes(body));
        wanted.set(hash, pinned);
        this.#keep(hash, pinned);
      }
    }
    return (hash) => wanted.get(hash) ?? Payload.empty;
  }

  #keep(hash: string, pinned: Payload): void {
    const oldest = this.#known.keys().next();
    if (this.#known.size >= this.#max && oldest.done !== true) this.#known.delete(oldest.value);
    this.#known.set(hash, pinned);
  }
}

/** The archive keeps all that a run is pinned to; readers are shown the workflow's definition. */
export function definitionIn(body: Payload): Payload {
  return Payload.of(body.object['workflow'] ?? {});
}
