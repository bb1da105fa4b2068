import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '@partitura/postgres';
import { dumpReadModel, PositionBoard, readOffsets } from '@partitura/read-model';
import { journalCodec } from '@partitura/wire';
import { BatchWriter } from './batch-writer.ts';
import { rebuildReadModel } from './index.ts';
import type { Alarm } from './journal-source.ts';
import { PartitionProjection } from './partition-projection.ts';
import {
  clock,
  journalTopic,
  namespace,
  openTestLog,
  serverDatabases,
  until,
  type TestLog,
} from './spec/installation.ts';
import { RandomJournal } from './spec/random-journal.ts';

const databases = serverDatabases();
let log: TestLog;
let first: Database;
let second: Database;

beforeEach(async () => {
  log = await openTestLog(1);
  first = await databases.open();
  second = databases.again();
});
afterEach(async () => {
  await Promise.all([first.close(), second.close()]);
  await log.close();
});
afterAll(() => databases.close());

interface Process {
  readonly board: PositionBoard;
  readonly alarms: readonly Alarm[];
  close(): Promise<void>;
}

/** A projector that does not ask whether the partition is its own. */
function projectPartition(database: Database, lingerMs: number): Process {
  const board = new PositionBoard(database, clock);
  const alarms: Alarm[] = [];
  const onAlarm = (alarm: Alarm): void => void alarms.push(alarm);
  const onWritten = (): void => undefined;
  const writer = new BatchWriter({ database, clock, board, lingerMs, batchBytes: 1 << 20, onAlarm, onWritten });
  const journal = { log: log.log, topic: journalTopic, decode: (value: Uint8Array) => journalCodec.decode(value) };
  const projection = new PartitionProjection(0, {
    journal,
    database,
    clock,
    pendingBytesMax: 1 << 20,
    onOpen: (offset) => board.project(0, offset),
    onPending: () => writer.pending(),
    onAlarm,
  });
  writer.add(projection);
  return {
    board,
    alarms,
    close: async () => {
      projection.close();
      await writer.close();
      await board.close();
    },
  };
}

describe('two projectors of one partition', () => {
  it('apply every entry once, as polls that were counted twice would show', async () => {
    const journal = new RandomJournal(7);
    const processes = [projectPartition(first, 1), projectPartition(second, 1)];
    for (let i = 0; i < 40; i++) {
      await log.append(journal.take(25));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await until('all is applied', async () => (await readOffsets(first)).get(0) === 1_000);
    for (const process of processes) {
      await process.close();
      expect(process.alarms).toEqual([]);
    }
    const projected = await dumpReadModel(first);
    await rebuildReadModel({ log: log.log, namespace, partitions: [0], database: first });
    expect(await dumpReadModel(first)).toEqual(projected);
  });
});

describe('a reader that waits', () => {
  const lingerMs = 3_600_000;

  it('in the same process is served at once, however long changes may linger', async () => {
    const process = projectPartition(first, lingerMs);
    await log.append(new RandomJournal(8).take(30));
    expect(await process.board.waitFor(0, 30, 10_000)).toBe(true);
    expect((await readOffsets(first)).get(0)).toBe(30);
    await process.close();
  });

  it('in another process is served too', async () => {
    const process = projectPartition(first, lingerMs);
    await until('it follows', () => process.board.known.has(0));
    const elsewhere = new PositionBoard(second, clock);
    await log.append(new RandomJournal(9).take(30));
    expect(await elsewhere.waitFor(0, 30, 10_000)).toBe(true);
    expect(await elsewhere.waitFor(0, 31, 50)).toBe(false);
    expect(await elsewhere.waitFor(5, 1, 50)).toBe(false);
    await elsewhere.close();
    await process.close();
  });

  it('asks the database once for all who wait', async () => {
    const process = projectPartition(first, 5);
    await until('it follows', () => process.board.known.has(0));
    let looks = 0;
    const counting: Database = {
      rows: (statement, values) => {
        looks += typeof statement !== 'string' && statement.name === 'position_all' ? 1 : 0;
        return second.rows(statement, values);
      },
      run: (statement, values) => second.run(statement, values),
      insert: (insert, rows, options) => second.insert(insert, rows, options),
      transaction: (work) => second.transaction(work),
      snapshot: (work) => second.snapshot(work),
      readTogether: (reads) => second.readTogether(reads),
      listen: (channel, onMessage) => second.listen(channel, onMessage),
      close: () => second.close(),
    };
    const elsewhere = new PositionBoard(counting, clock);
    const waits = Array.from({ length: 500 }, () => elsewhere.waitFor(0, 20, 10_000));
    setTimeout(() => void log.append(new RandomJournal(10).take(20)), 100);
    expect(new Set(await Promise.all(waits))).toEqual(new Set([true]));
    expect(looks).toBeLessThan(50);
    await elsewhere.close();
    await process.close();
  });
});
