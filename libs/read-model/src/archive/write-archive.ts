import type { Payload } from '@partitura/model';
import {
  bigintArray,
  booleanArray,
  byteaArray,
  integerArray,
  statement,
  textArray,
  type Queries,
} from '@partitura/postgres';
import type { Placed } from '../projection/placed.ts';
import type { HistoryChunk } from './history-chunk.ts';

const insertChunks = statement(
  'history_insert',
  `INSERT INTO archive.history (workflow_id, first_index, last_index, partition, starts, entries)
   SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::integer[], $5::boolean[], $6::bytea[])`,
);

export async function writeHistory(queries: Queries, chunks: readonly Placed<HistoryChunk>[]): Promise<void> {
  if (chunks.length === 0) return;
  await queries.run(insertChunks, [
    textArray(chunks.map(({ change }) => change.workflowId)),
    bigintArray(chunks.map(({ change }) => change.firstIndex)),
    bigintArray(chunks.map(({ change }) => change.lastIndex)),
    integerArray(chunks.map(({ partition }) => partition)),
    booleanArray(chunks.map(({ change }) => change.starts)),
    byteaArray(chunks.map(({ change }) => change.encode())),
  ]);
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
