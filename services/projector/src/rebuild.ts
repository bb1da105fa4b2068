import { JournalReader, type JournalPosition } from '@partitura/journal';
import type { Log } from '@partitura/log';
import { Fault, type JournalRecord } from '@partitura/model';
import type { Database, Queries } from '@partitura/postgres';
import {
  archivedEntries,
  archivePosition,
  clearPartition,
  lockPosition,
  PartitionChanges,
  setPosition,
  writeRows,
} from '@partitura/read-model';
import { journalCodec, topicNames } from '@partitura/wire';

export interface RebuildOptions {
  readonly log: Pick<Log, 'offsets' | 'fetch'>;
  readonly namespace: string;
  readonly partitions: readonly number[];
  readonly database: Database;
  readonly decode?: (value: Uint8Array) => JournalRecord;
}

export interface Rebuilt {
  readonly partition: number;
  /** Where the history was read: the journal, or the archive where the journal was trimmed. */
  readonly source: 'journal' | 'archive';
  readonly entries: number;
}

/** Bytes of records folded before their rows are written. */
const stretchBytes = 4 * 1024 * 1024;

/**
 * Builds the read model anew from history, partition by partition, each in one transaction: readers see the old rows
 * until the new ones are complete, and the projector waits for that partition and then goes on where it was. The
 * archive is left alone.
 */
export async function rebuildReadModel(options: RebuildOptions): Promise<readonly Rebuilt[]> {
  const rebuilt: Rebuilt[] = [];
  for (const partition of options.partitions) {
    rebuilt.push(
      await options.database.transaction(async (queries) => {
        await queries.run('SET LOCAL statement_timeout = 0');
        return rebuildPartition(queries, partition, options);
      }),
    );
  }
  return rebuilt;
}

async function rebuildPartition(queries: Queries, partition: number, options: RebuildOptions): Promise<Rebuilt> {
  const until = await lockPosition(queries, partition);
  const archived = await archivePosition(queries, partition);
  await clearPartition(queries, partition);
  const { start } = await options.log.offsets(topicNames(options.namespace).journal, partition);
  const rows = new RowsInStretches(queries, partition, archived.admission.next);
  if (start === 0) {
    const reached = await foldJournal(partition, until, rows, options);
    await setPosition(queries, partition, reached);
    return { partition, source: 'journal', entries: rows.entries };
  }
  if (archived.offset < start) {
    throw new Fault(
      'HISTORY_LOST',
      `partition ${partition}: the archive ends at ${archived.offset}, the journal begins at ${start}`,
      { retryable: false },
    );
  }
  await foldArchive(queries, partition, rows, options);
  await setPosition(queries, partition, archived);
  return { partition, source: 'archive', entries: rows.entries };
}

/** Folds and writes stretch by stretch, so that memory does not grow with the history. */
class RowsInStretches {
  readonly #queries: Queries;
  readonly #partition: number;
  readonly #archivedBelow: number;
  #changes: PartitionChanges;
  #bytes = 0;
  entries = 0;

  constructor(queries: Queries, partition: number, archivedBelow: number) {
    this.#queries = queries;
    this.#partition = partition;
    this.#archivedBelow = archivedBelow;
    this.#changes = new PartitionChanges(archivedBelow);
  }

  async add(record: JournalRecord, offset: number, value: Uint8Array): Promise<void> {
    if (record.kind !== 'decision') return;
    this.#changes.apply(record, offset, value);
    this.entries += 1;
    this.#bytes += value.length;
    if (this.#bytes >= stretchBytes) await this.flush();
  }

  async flush(): Promise<void> {
    await writeRows(this.#queries, [{ partition: this.#partition, changes: this.#changes }]);
    this.#changes = new PartitionChanges(this.#archivedBelow);
    this.#bytes = 0;
  }
}

async function foldJournal(
  partition: number,
  until: JournalPosition,
  rows: RowsInStretches,
  { log, namespace, decode = (value) => journalCodec.decode(value) }: RebuildOptions,
): Promise<JournalPosition> {
  const reader = new JournalReader();
  while (reader.offset < until.offset) {
    const batch = await log.fetch(topicNames(namespace).journal, partition, reader.offset);
    if (batch.records.length === 0) throw truncated(partition, reader.offset);
    for (const { offset, value, timestamp } of batch.records) {
      if (offset < reader.offset || offset >= until.offset) continue;
      if (value === null) throw truncated(partition, offset);
      const record = decode(value);
      const verdict = reader.read(record, offset, timestamp);
      if (verdict === 'halt') throw truncated(partition, offset);
      if (verdict === 'admit') await rows.add(record, offset, value);
    }
  }
  await rows.flush();
  return reader.position;
}

async function foldArchive(
  queries: Queries,
  partition: number,
  rows: RowsInStretches,
  { decode = (value) => journalCodec.decode(value) }: RebuildOptions,
): Promise<void> {
  for await (const { offset, value } of archivedEntries(queries, partition))
    await rows.add(decode(value), offset, value);
  await rows.flush();
}

function truncated(partition: number, offset: number): Fault {
  return new Fault('JOURNAL_TRUNCATED', `partition ${partition}: the journal is not intact at offset ${offset}`, {
    retryable: false,
  });
}
