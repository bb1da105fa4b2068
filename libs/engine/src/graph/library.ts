import {
  invariant,
  Payload,
  type DefinitionLookup,
  type Json,
  type PinnedDefinition,
  type PinnedLookup,
  type WorkflowDef,
} from '@partitura/model';
import { contentHash } from '../content-hash.ts';
import { normalizeWorkflowDef } from '../definition/normalize-workflow-def.ts';
import { pinDefinition, type Looked } from '../definition/pin-definition.ts';
import type { TaskKinds } from '../task-kinds.ts';
import { compileDefinition } from './compile-definition.ts';
import type { Graph } from './graph.ts';

/** A definition pinned for a start. */
export interface PinnedStart {
  readonly kind: 'pinned';
  readonly hash: string;
  /** JSON of the pinned definition. */
  readonly body: Payload;
  readonly graph: Graph;
}
export type PinnedOrMissing = PinnedStart | { readonly kind: 'missing'; readonly reason: string };

/**
 * Compiled definitions, by hash. A memory of pure functions and nothing else: dropping any of it changes no decision.
 */
export class Library {
  readonly #kinds: TaskKinds;
  readonly #capacity: number;
  readonly #graphs = new Map<string, Graph>();
  readonly #starts = new WeakMap<Payload, { readonly start: PinnedStart; readonly looked: Looked }>();

  /** @param capacity How many compiled definitions are kept. */
  constructor(kinds: TaskKinds, capacity = 1000) {
    this.#kinds = kinds;
    this.#capacity = capacity;
  }

  /** The graph of a definition that runs of this partition are pinned to. */
  graph(hash: string, pinned: PinnedLookup): Graph {
    const known = this.#graphs.get(hash);
    if (known !== undefined) return known;
    const body = pinned.body(hash);
    invariant(body !== undefined, `the journal does not hold the definition ${hash} that a run is pinned to`);
    return this.#remember(hash, body);
  }

  /** Pins a definition for a start. As long as no definition that it uses changes, that is a few look-ups. */
  pin(definition: Payload, lookup: DefinitionLookup): PinnedOrMissing {
    const known = this.#starts.get(definition);
    if (known !== undefined && isCurrent(known.looked, lookup)) return known.start;
    const pinning = pinDefinition(readDefinition(definition.value), lookup, this.#kinds);
    if (pinning.kind === 'missing') return pinning;
    const body = Payload.fromBytes(Payload.of(pinning.pinned as unknown as Json).bytes);
    const hash = contentHash(body.bytes);
    const start: PinnedStart = {
      kind: 'pinned',
      hash,
      body,
      graph: this.#graphs.get(hash) ?? this.#remember(hash, body),
    };
    this.#starts.set(definition, { start, looked: pinning.looked });
    return start;
  }

  #remember(hash: string, body: Payload): Graph {
    const graph = compileDefinition(hash, body.value as unknown as PinnedDefinition, this.#kinds);
    if (this.#graphs.size >= this.#capacity) {
      const [oldest] = this.#graphs.keys();
      if (oldest !== undefined) this.#graphs.delete(oldest);
    }
    this.#graphs.set(hash, graph);
    return graph;
  }
}

/** Registered definitions are stored complete; one that came with a start may leave everything out. */
function readDefinition(json: Json): WorkflowDef {
  return normalizeWorkflowDef(json, '', []);
}

function isCurrent(looked: Looked, lookup: DefinitionLookup): boolean {
  for (const [name, found] of looked.tasks) if (lookup.task(name) !== found) return false;
  for (const [name, version] of looked.latest) if (lookup.latestVersion(name) !== version) return false;
  return true;
}
