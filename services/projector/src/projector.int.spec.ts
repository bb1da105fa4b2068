import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Fault } from '@partitura/model';
import type { Database } from '@partitura/postgres';
import { dumpReadModel, PositionBoard, readOffsets } from '@partitura/read-model';
import { createMetrics, silentLogger } from '@partitura/telemetry';
import { rebuildReadModel, startProjector, type ProjectorSettings, type RunningProjector } from './index.ts';
import {
  clock,
  embeddedDatabases,
  journalTopic,
  namespace,
  openTestLog,
  serverDatabases,
  until,
  type TestDatabases,
  type TestLog,
} from './spec/installation.ts';
import { RandomJournal, seeded } from './spec/random-journal.ts';

const metrics = createMetrics({ processMetrics: false });
const seed = Number(process.env['SEED'] ?? 20_261_121);

describe.each<[string, () => TestDatabases]>([
  ['a server', serverDatabases],
  ['the embedded database', embeddedDatabases],
])('the projector on %s', (_name, databasesOf) => {
  const databases = databasesOf();
  let log: TestLog;
  let database: Database;
  let board: PositionBoard;
  const running: RunningProjector[] = [];

  beforeEach(async () => {
    log = await openTestLog(2);
    database = await databases.open();
    board = new PositionBoard(database, clock);
  });
  afterEach(async () => {
    for (const projector of running.splice(0)) await projector.close();
    await board.close();
    await database.close();
    await log.close();
  });
  afterAll(() => databases.close());

  async function start(settings: Partial<ProjectorSettings> = {}, on: Database = database): Promise<RunningProjector> {
    const projector = await startProjector({
      log: log.log,
      clock,
      namespace,
      partitions: 2,
      instance: `projector-${running.length}`,
      database: on,
      board,
      logger: silentLogger,
      metrics,
      settings,
    });
    running.push(projector);
    return projector;
  }

  const reached = async (offset: number, partition = 0): Promise<void> => {
    expect(await board.waitFor(partition, offset, 20_000)).toBe(true);
  };

  it(`makes the same rows however the journal is cut into batches, and a rebuild makes them again (seed ${seed})`, async () => {
    const random = seeded(seed);
    const journal = new RandomJournal(seed);
    await start({ lingerMs: 0 });
    let end = 0;
    while (end < 1_500) {
      const records = journal.take(1 + random(60));
      await log.append(records);
      end += records.length;
      if (random(4) === 0) await reached(end);
    }
    await reached(end);
    const projected = await dumpReadModel(database);
    expect(projected.filter((line) => line.startsWith('task ')).length).toBeGreaterThan(500);
    expect(projected.filter((line) => line.startsWith('workflow ')).length).toBeGreaterThan(100);

    const [rebuilt] = await rebuildReadModel({ log: log.log, namespace, partitions: [0], database });
    expect(rebuilt).toMatchObject({ source: 'journal' });
    expect(await dumpReadModel(database)).toEqual(projected);

    const trimmed = {
      offsets: async () => ({ start: 700, end }),
      fetch: () => Promise.reject(new Error('the beginning is gone')),
    };
    const [fromArchive] = await rebuildReadModel({ log: trimmed, namespace, partitions: [0], database });
    expect(fromArchive).toMatchObject({ source: 'archive' });
    expect(await dumpReadModel(database)).toEqual(projected);
  });

  it('projects all partitions, and goes on where the last one ended', async () => {
    const journals = [new RandomJournal(seed + 1), new RandomJournal(seed + 2)];
    const append = async (): Promise<void> => {
      for (const [partition, journal] of journals.entries()) await log.append(journal.take(200), partition);
    };
    await append();
    const first = await start();
    await reached(200);
    await reached(200, 1);
    await first.close();
    await append();
    await start();
    await reached(400);
    await reached(400, 1);
    const projected = await dumpReadModel(database);
    await rebuildReadModel({ log: log.log, namespace, partitions: [0, 1], database });
    expect(await dumpReadModel(database)).toEqual(projected);
  });

  it('lets readers see the old rows until a rebuild is complete, and goes on afterwards', async () => {
    const journal = new RandomJournal(seed + 9);
    await log.append(journal.take(300));
    await start();
    await reached(300);
    const before = await dumpReadModel(database);
    const failing = { offsets: log.log.offsets.bind(log.log), fetch: () => Promise.reject(new Error('cut off')) };
    const rebuilding = rebuildReadModel({ log: failing, namespace, partitions: [0], database });
    await expect(rebuilding).rejects.toThrow('cut off');
    expect(await dumpReadModel(database)).toEqual(before);
    await log.append(journal.take(100));
    await Promise.all([rebuildReadModel({ log: log.log, namespace, partitions: [0], database }), reached(400)]);
    const projected = await dumpReadModel(database);
    await rebuildReadModel({ log: log.log, namespace, partitions: [0], database });
    expect(await dumpReadModel(database)).toEqual(projected);
  });

  it('applies nothing twice when the answer to a commit is lost', async () => {
    let lost = 0;
    const forgetful: Database = {
      ...passing(database),
      transaction: async (work) => {
        const result = await database.transaction(work);
        if (++lost % 3 === 2) throw new Fault('DATABASE_UNAVAILABLE', 'lost the answer', { retryable: true });
        return result;
      },
    };
    const journal = new RandomJournal(seed + 3);
    await start({ lingerMs: 0 }, forgetful);
    for (let end = 40; end <= 400; end += 40) {
      await log.append(journal.take(40));
      await reached(end);
    }
    expect(lost).toBeGreaterThan(6);
    const projected = await dumpReadModel(database);
    await rebuildReadModel({ log: log.log, namespace, partitions: [0], database });
    expect(await dumpReadModel(database)).toEqual(projected);
  });

  it('waits for a database that fails, without reading the whole journal into memory', async () => {
    let down = true;
    const flaky: Database = {
      ...passing(database),
      transaction: async (work) => {
        if (down && attempts++ > 0) throw new Fault('DATABASE_UNAVAILABLE', 'down', { retryable: true });
        return database.transaction(work);
      },
    };
    let attempts = 0;
    const projector = await start({ lingerMs: 0, batchBytes: 4_096, pendingBytesMax: 64 * 1024 }, flaky);
    const journal = new RandomJournal(seed + 4);
    await until('it follows, so that it reads what comes in pieces', () => {
      const { partitions } = projector.health().details as { partitions: { phase: string }[] };
      return partitions[0]?.phase === 'following';
    });
    for (let i = 0; i < 20; i++) await log.append(journal.take(200));
    await until('it failed', () => attempts > 3);
    expect(projector.health().details).toMatchObject({ databaseFailingSince: expect.any(Number) });
    const { partitions } = projector.health().details as { partitions: { position: number }[] };
    expect(partitions[0]?.position).toBeLessThan(3_000);
    down = false;
    await reached(4_000);
    expect(projector.health()).toEqual({
      ready: true,
      details: {
        partitions: [
          { partition: 0, phase: 'following', position: 4_000, lag: 0 },
          { partition: 1, phase: 'following', position: 0, lag: 0 },
        ],
      },
    });
  });

  it('halts at a record that cannot be, after projecting what came before it', async () => {
    const journal = new RandomJournal(seed + 5);
    const records = journal.take(100);
    await log.append(records);
    const fromTheFuture = { ...decisionIn(records), index: 1_000_000 };
    await log.append([fromTheFuture, ...journal.take(10)]);
    const projector = await start();
    await until('it halted', () => !projector.health().ready);
    await until('the rest is written', async () => (await readOffsets(database)).get(0) === 100);
    expect(projector.health().details).toMatchObject({ partitions: [{ phase: 'halted' }, { phase: 'following' }] });
  });

  it('halts when the log was cut and has grown again', async () => {
    const journal = new RandomJournal(seed + 6);
    await log.append(journal.take(50));
    const first = await start();
    await reached(50);
    await first.close();
    await log.close();
    log = await openTestLog(2);
    await log.append(new RandomJournal(seed + 7).take(80));
    const second = await start();
    await until('it halted', () => !second.health().ready);
    expect((await readOffsets(database)).get(0)).toBe(50);
  });

  it('halts at bytes that are no record of ours', async () => {
    await log.append(new RandomJournal(seed + 8).take(20));
    await log.log.append(journalTopic, 0, [{ key: null, value: new Uint8Array([1, 2, 3]) }]);
    const projector = await start();
    await until('it halted', () => !projector.health().ready);
    await until('the rest is written', async () => (await readOffsets(database)).get(0) === 20);
  });
});

function passing(database: Database): Database {
  return {
    rows: (statement, values) => database.rows(statement, values),
    run: (statement, values) => database.run(statement, values),
    insert: (insert, rows, options) => database.insert(insert, rows, options),
    transaction: (work) => database.transaction(work),
    snapshot: (work) => database.snapshot(work),
    readTogether: (reads) => database.readTogether(reads),
    listen: (channel, onMessage) => database.listen(channel, onMessage),
    close: () => database.close(),
  };
}

function decisionIn(records: readonly { readonly kind: string }[]): Parameters<TestLog['append']>[0][number] & object {
  return records.findLast(({ kind }) => kind === 'decision') as never;
}
