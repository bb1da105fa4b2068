import { statement, type Database, type Queries } from '@partitura/postgres';
import { archivePosition } from '../position/positions.ts';
import { decodeChunk, type ArchivedEntry } from './history-chunk.ts';

export interface ArchivedHistory {
  /** First journal index of the partition that the archive has not applied yet, at the moment of this reading. */
  readonly archivedThrough: number;
  /** The newest run under the id; absent when the archive knows none. */
  readonly run?: {
    readonly startIndex: number;
    /** All its entries that changed something, in order. */
    readonly entries: readonly ArchivedEntry[];
  };
}

const selectStart = statement(
  'history_start',
  'SELECT max(first_index) AS start_index FROM archive.history WHERE workflow_id = $1 AND starts',
);
const selectChunks = statement(
  'history_chunks',
  `SELECT entries FROM archive.history WHERE workflow_id = $1 AND first_index >= $2::bigint
   AND first_index < coalesce((
     SELECT min(n.first_index) FROM archive.history AS n WHERE n.workflow_id = $1 AND n.first_index > $2 AND n.starts
   ), 9223372036854775807)
   ORDER BY first_index`,
);

/** The history of the newest run under an id, as the archive has it, and how far that is. */
export function readHistory(database: Database, partition: number, workflowId: string): Promise<ArchivedHistory> {
  return database.snapshot(async (queries) => {
    const archivedThrough = (await archivePosition(queries, partition)).admission.next;
    const [row] = await queries.rows<{ start_index: number | null }>(selectStart, [workflowId]);
    const startIndex = row?.start_index ?? undefined;
    if (startIndex === undefined) return { archivedThrough };
    return { archivedThrough, run: { startIndex, entries: await readRun(queries, workflowId, startIndex) } };
  });
}

/** The entries of one run, named by its id and the index of its start. */
export async function readRun(
  queries: Queries,
  workflowId: string,
  startIndex: number,
): Promise<readonly ArchivedEntry[]> {
  const rows = await queries.rows<{ entries: Uint8Array }>(selectChunks, [workflowId, startIndex]);
  return rows.flatMap(({ entries }) => decodeChunk(entries));
}

const pageChunks = 500;
const selectPage = statement(
  'history_page',
  `SELECT workflow_id, first_index, entries FROM archive.history
   WHERE partition = $1::integer AND (workflow_id, first_index) > ($2, $3::bigint)
   ORDER BY workflow_id, first_index LIMIT ${pageChunks}`,
);

/** All entries of one partition, workflow by workflow; within a workflow in order. */
export async function* archivedEntries(queries: Queries, partition: number): AsyncGenerator<ArchivedEntry> {
  let last: { workflow_id: string; first_index: number } | undefined = { workflow_id: '', first_index: -1 };
  while (last !== undefined) {
    const page: readonly { workflow_id: string; first_index: number; entries: Uint8Array }[] = await queries.rows(
      selectPage,
      [partition, last.workflow_id, last.first_index],
    );
    for (const { entries } of page) yield* decodeChunk(entries);
    last = page.length < pageChunks ? undefined : page.at(-1);
  }
}
