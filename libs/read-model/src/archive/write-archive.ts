import type { Payload } from '@partitura/model';
import {
  bigint,
  boolean,
  bytea,
  byteaArray,
  defineInsert,
  integer,
  statement,
  text,
  textArray,
  type Queries,
} from '@partitura/postgres';
import type { Placed } from '../projection/placed.ts';
import type { HistoryChunk } from './history-chunk.ts';

const chunkRows = defineInsert<Placed<HistoryChunk>>('archive.history', [
  text('workflow_id', ({ change }) => change.workflowId),
  bigint('first_index', ({ change }) => change.firstIndex),
  bigint('last_index', ({ change }) => change.lastIndex),
  integer('partition', ({ partition }) => partition),
  boolean('starts', ({ change }) => change.starts),
  bytea('entries', ({ change }) => change.encode()),
]);

export async function writeHistory(
  queries: Queries,
  chunks: readonly Placed<HistoryChunk>[],
  options?: { readonly tolerant?: boolean },
): Promise<void> {
  await queries.insert(chunkRows, chunks, options);
}

const insertDefinitions = statement(
  'definition_insert',
  `INSERT INTO archive.definition (hash, body) SELECT * FROM unnest($1::text[], $2::bytea[])
   ON CONFLICT (hash) DO NOTHING`,
);

/** A definition is carried anew after each checkpoint; its hash says that it is the same one. */
export async function writeDefinitions(queries: Queries, bodies: ReadonlyMap<string, Payload>): Promise<void> {
  if (bodies.size === 0) return;
  await queries.run(insertDefinitions, [
    textArray([...bodies.keys()]),
    byteaArray([...bodies.values()].map((body) => body.bytes)),
  ]);
}
