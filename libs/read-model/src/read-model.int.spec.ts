import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Payload,
  type Search,
  type SearchCondition,
  type TaskSearch,
  type TaskSearchField,
  type WorkflowSearch,
  type WorkflowSearchField,
} from '@partitura/model';
import { migrate, openEmbeddedDatabase, openPostgres, type Database } from '@partitura/postgres';
import { createDatabase, sharedPostgres } from '@partitura/testing';
import fc from 'fast-check';
import {
  openPosition,
  PartitionChanges,
  ReadModel,
  readRun,
  startPosition,
  Superseded,
  writeChanges,
  type ProjectionPosition,
} from './index.ts';
import { atOf, completed, ended, Entries, offsetOf, scheduled, started, taskOf } from './spec/entries.ts';

interface Opened {
  readonly database: Database;
  close(): Promise<void>;
}

async function onServer(): Promise<Opened> {
  const fresh = await createDatabase(await sharedPostgres(), { name: 'read_model' });
  const database = openPostgres({ url: fresh.url });
  return { database, close: () => database.close().then(() => fresh.drop()) };
}

async function embedded(): Promise<Opened> {
  const database = await openEmbeddedDatabase();
  return { database, close: () => database.close() };
}

const definition = Payload.of({
  name: 'checkout',
  version: 2,
  tasks: [
    { name: 'charge', taskReferenceName: 'charge_ref', type: 'SIMPLE' },
    { name: 'ship', taskReferenceName: 'ship_ref', type: 'SIMPLE' },
  ],
});
const pinned = Payload.of({ workflow: definition.value });

const workflowFields = [
  'workflowId',
  'workflowType',
  'version',
  'correlationId',
  'status',
  'startTime',
  'endTime',
  'updateTime',
  'executionTime',
  'parentWorkflowId',
  'reasonForIncompletion',
  'event',
  'createdBy',
  'priority',
  'input',
  'output',
] as const satisfies readonly WorkflowSearchField[];
const taskFields = [
  'taskId',
  'taskType',
  'taskDefName',
  'referenceTaskName',
  'status',
  'workflowId',
  'workflowType',
  'correlationId',
  'scheduledTime',
  'startTime',
  'endTime',
  'updateTime',
  'executionTime',
  'queueWaitTime',
  'reasonForIncompletion',
  'domain',
  'workerId',
  'input',
  'output',
] as const satisfies readonly TaskSearchField[];

describe.each([
  ['a server', onServer],
  ['the embedded database', embedded],
])('the read model on %s', (_name, open) => {
  let opened: Opened;
  let database: Database;
  let readModel: ReadModel;
  let position: ProjectionPosition = startPosition;
  const entries = new Entries();

  beforeAll(async () => {
    opened = await open();
    ({ database } = opened);
    await migrate(database);
    await openPosition(database, 0);
    readModel = new ReadModel(database);
  });
  afterAll(() => opened.close());

  async function write(): Promise<void> {
    const to = {
      offset: offsetOf(entries.next),
      admission: { epoch: 0, token: 't', next: entries.next },
      lastAppendTime: atOf(entries.next),
    };
    await writeChanges(database, [{ partition: 0, from: position, to, changes: entries.cut() }]);
    position = to;
  }

  /** Ids of tasks of run "order-1", whose start is entry 0. */
  const charge = taskOf('order-1', 0);
  const ship = taskOf('order-1', 0, 1);

  it('shows a run that begins, with its tasks', async () => {
    entries.add(
      'order-1',
      started({ definition: pinned, correlationId: 'c\0-1', taskToDomain: { charge: 'eu' }, createdBy: 'ann' }),
      scheduled(charge),
      scheduled(ship, {
        node: 1,
        seq: 2,
        referenceName: 'ship_ref',
        taskType: 'ship',
        taskDefName: 'ship',
        input: Payload.empty,
      }),
    );
    await write();
    const view = await readModel.workflow('order-1', { includeTasks: true });
    expect(view).toEqual({
      workflowId: 'order-1',
      startIndex: 0,
      name: 'checkout',
      version: 2,
      status: 'RUNNING',
      createTime: atOf(0),
      updateTime: atOf(0),
      endTime: 0,
      lastRetriedTime: 0,
      input: expect.anything(),
      output: Payload.empty,
      variables: Payload.empty,
      correlationId: 'c\ufffd-1',
      priority: 3,
      taskToDomain: { charge: 'eu' },
      failedReferenceTaskNames: [],
      failedTaskNames: [],
      createdBy: 'ann',
      definition: expect.anything(),
      tasks: [expect.anything(), expect.anything()],
      partition: 0,
      offset: offsetOf(0),
    });
    expect(view?.input.value).toEqual({ amount: 5 });
    expect(view?.definition.value).toEqual(definition.value);
    expect(view?.tasks[0]).toMatchObject({
      taskId: charge,
      workflowId: 'order-1',
      workflowName: 'checkout',
      status: 'SCHEDULED',
      priority: 3,
      correlationId: 'c\ufffd-1',
      responseTimeoutSeconds: 60,
      pollCount: 0,
      startTime: 0,
      updateTime: 0,
    });
    expect(view?.tasks.map(({ workflowTask }) => workflowTask.value)).toEqual([
      { name: 'charge', taskReferenceName: 'charge_ref', type: 'SIMPLE' },
      { name: 'ship', taskReferenceName: 'ship_ref', type: 'SIMPLE' },
    ]);
  });

  it('shows how tasks go on, in later transactions', async () => {
    entries.add('order-1', { type: 'TaskPolled', taskId: charge, dispatch: 1, workerId: 'w1' });
    await write();
    entries.add('order-1', {
      type: 'TaskProgressed',
      taskId: charge,
      status: 'SCHEDULED',
      output: Payload.of({ half: true }),
      callbackAfterSeconds: 7,
      dueAt: 0,
    });
    await write();
    expect(await readModel.task(charge)).toMatchObject({ status: 'SCHEDULED', callbackAfterSeconds: 7, pollCount: 1 });
    entries
      .add('order-1', { type: 'TaskPolled', taskId: charge, dispatch: 2, workerId: 'w2' })
      .add('order-1', completed(charge))
      .add('order-1', { type: 'VariablesSet', values: Payload.of({ a: 1, b: 1 }) });
    await write();
    entries.add('order-1', { type: 'VariablesSet', values: Payload.of({ b: 2 }) });
    await write();
    const view = await readModel.workflow('order-1', { includeTasks: true });
    expect(view).toMatchObject({ updateTime: atOf(6), offset: offsetOf(6) });
    expect(view?.variables.value).toEqual({ a: 1, b: 2 });
    expect(view?.tasks[0]).toMatchObject({
      status: 'COMPLETED',
      pollCount: 2,
      workerId: 'w2',
      startTime: atOf(1),
      endTime: atOf(4),
      callbackAfterSeconds: 0,
    });
    expect(view?.tasks[0]?.output.value).toEqual({ ok: true });
    expect(view?.tasks[1]?.status).toBe('SCHEDULED');
  });

  it('shows how a run ends, and its retry', async () => {
    entries.add(
      'order-1',
      completed(ship, { status: 'FAILED', reason: 'no stock' }),
      ended({
        status: 'FAILED',
        reason: 'no stock',
        failedTaskId: ship,
        failedReferenceTaskNames: ['ship_ref'],
        failedTaskNames: ['ship'],
      }),
    );
    await write();
    expect(await readModel.workflow('order-1', { includeTasks: false })).toMatchObject({
      status: 'FAILED',
      reasonForIncompletion: 'no stock',
      failedTaskId: ship,
      failedReferenceTaskNames: ['ship_ref'],
      failedTaskNames: ['ship'],
      endTime: atOf(7),
      tasks: [],
    });
    const again = taskOf('order-1', 0, 2);
    entries.add(
      'order-1',
      { type: 'WorkflowRetried', timeoutAt: 0 },
      scheduled(again, { seq: 3, attempt: 1, retriedTaskId: ship, node: 1 }),
    );
    await write();
    const view = await readModel.workflow('order-1', { includeTasks: true });
    expect(view).toMatchObject({ status: 'RUNNING', lastRetriedTime: atOf(8), endTime: atOf(7) });
    expect(view).not.toHaveProperty('reasonForIncompletion');
    expect(view?.tasks.map(({ taskId, retried }) => [taskId, retried])).toEqual([
      [charge, false],
      [ship, true],
      [again, false],
    ]);
    expect(view?.tasks[2]).toMatchObject({ retriedTaskId: ship, attempt: 1 });
  });

  it('pages through tasks, also by status', async () => {
    expect(await readModel.tasks('order-1', { start: 1, count: 1 })).toMatchObject({
      totalHits: 3,
      results: [{ taskId: ship }],
    });
    expect(await readModel.tasks('order-1', { start: 0, count: 15, statuses: ['COMPLETED'] })).toMatchObject({
      totalHits: 1,
      results: [{ taskId: charge }],
    });
    expect(await readModel.tasks('unknown', { start: 0, count: 15 })).toBeUndefined();
  });

  it('shows logs in the order in which they were recorded', async () => {
    entries.add('order-1', {
      type: 'TaskLogsAdded',
      taskId: charge,
      logs: [
        { message: 'second by its own clock', at: 9 },
        { message: 'first', at: 1 },
      ],
    });
    await write();
    expect(await readModel.taskLogs(charge)).toEqual([
      { message: 'second by its own clock', at: 9 },
      { message: 'first', at: 1 },
    ]);
    expect(await readModel.taskLogs('unknown')).toEqual([]);
  });

  it('shows the newest run of an id that is used again, and its tasks alone', async () => {
    entries.add('order-2', started(), scheduled(taskOf('order-2', entries.next)));
    entries.add('order-2', ended());
    await write();
    const startIndex = entries.next;
    const task = taskOf('order-2', startIndex);
    entries.add('order-2', started({ version: 5 }), scheduled(task));
    await write();
    const view = await readModel.workflow('order-2', { includeTasks: true });
    expect(view).toMatchObject({ version: 5, status: 'RUNNING', endTime: 0, startIndex });
    expect(view?.tasks.map(({ taskId }) => taskId)).toEqual([task]);
  });

  it('forgets a removed run with all its tasks and logs', async () => {
    const task = taskOf('order-3', entries.next);
    entries.add('order-3', started(), scheduled(task));
    entries.add('order-3', { type: 'TaskLogsAdded', taskId: task, logs: [{ message: 'm', at: 1 }] });
    await write();
    expect(await readModel.task(task)).toBeDefined();
    entries.add('order-3', { type: 'WorkflowRemoved' });
    await write();
    expect(await readModel.workflow('order-3', { includeTasks: true })).toBeUndefined();
    expect(await readModel.task(task)).toBeUndefined();
    expect(await readModel.taskLogs(task)).toEqual([]);
    expect(await readModel.workflow('order-1', { includeTasks: true })).toMatchObject({ tasks: [{}, {}, {}] });
  });

  it('keeps the history of every run apart, also of removed ones', async () => {
    const text = async (history: Promise<readonly { readonly value: Uint8Array }[]>): Promise<string[]> =>
      (await history).map(({ value }) => Buffer.from(value).toString());
    const newest = await readModel.history(0, 'order-2');
    expect(newest.archivedThrough).toBe(entries.next);
    expect(newest.run?.startIndex).toBe(12);
    expect(newest.run?.entries.map(({ offset }) => offset)).toEqual([offsetOf(12)]);
    expect(await text(readRun(database, 'order-2', 10))).toEqual(['entry 10', 'entry 11']);
    expect(await text(readRun(database, 'order-1', 0))).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((index) => `entry ${index}`),
    );
    expect((await readModel.history(0, 'order-3')).run?.entries).toHaveLength(3);
    expect(await readModel.history(0, 'never')).toEqual({ archivedThrough: entries.next });
  });

  describe('searched', () => {
    beforeAll(async () => {
      for (let i = 0; i < 30; i++) {
        const id = `bulk-${String(i).padStart(2, '0')}`;
        const odd = i % 2 === 1;
        entries.add(
          id,
          started({
            name: odd ? 'odd_flow' : '100%_flow',
            correlationId: `batch-${i % 3}`,
            ...(i === 7 ? { parent: { workflowId: 'order-1' as never, taskId: charge } } : {}),
          }),
        );
        if (i < 10)
          entries.add(id, ended({ status: odd ? 'FAILED' : 'COMPLETED', ...(odd ? { reason: 'broke' } : {}) }));
      }
      await write();
    });

    const ids = async (search: Partial<WorkflowSearch>): Promise<readonly [number, readonly string[]]> => {
      const page = await readModel.searchWorkflows({ orderBy: [], start: 0, size: 100, ...search });
      return [page.totalHits, page.results.map(({ workflowId }) => workflowId)];
    };

    it('by type, status and time, newest first', async () => {
      const where = {
        kind: 'all',
        of: [
          { kind: 'oneOf', field: 'workflowType', values: ['odd_flow'] },
          { kind: 'oneOf', field: 'status', values: ['FAILED', 'TERMINATED'] },
          { kind: 'compare', field: 'startTime', operator: '>', value: 0 },
        ],
      } as const;
      expect(await ids({ where })).toEqual([5, ['bulk-09', 'bulk-07', 'bulk-05', 'bulk-03', 'bulk-01']]);
      expect(await ids({ where, start: 1, size: 2 })).toEqual([5, ['bulk-07', 'bulk-05']]);
      expect(await ids({ where, start: 7, size: 2 })).toEqual([5, []]);
      expect(await ids({ where, orderBy: [{ field: 'workflowId', descending: false }], size: 1 })).toEqual([
        5,
        ['bulk-01'],
      ]);
    });

    it('by patterns in which only * is special', async () => {
      const like = (pattern: string): Partial<WorkflowSearch> => ({
        where: { kind: 'like', field: 'workflowType', pattern },
        size: 0,
      });
      expect((await ids(like('100%*')))[0]).toBe(15);
      expect((await ids(like('1%')))[0]).toBe(0);
      expect((await ids(like('*_flow')))[0]).toBe(30);
    });

    it('by parent, also by having none', async () => {
      const childrenOf = (...values: string[]): Partial<WorkflowSearch> => ({
        where: { kind: 'oneOf', field: 'parentWorkflowId', values },
      });
      expect(await ids(childrenOf('order-1'))).toEqual([1, ['bulk-07']]);
      expect((await ids(childrenOf('')))[0]).toBe(31);
    });

    it('by words', async () => {
      expect(await ids({ text: 'BROKE bulk-03' })).toEqual([1, ['bulk-03']]);
    });

    it('for tasks, newest first, by what is theirs and what is their run’s', async () => {
      const page = { orderBy: [], start: 0, size: 10 };
      const ids = async (search: Partial<TaskSearch>): Promise<readonly string[]> =>
        (await readModel.searchTasks({ ...page, ...search })).results.map(({ taskId }) => taskId);
      const all = await ids({});
      expect(all.slice(-3)).toEqual([taskOf('order-1', 0, 2), charge, ship]);
      expect(
        await ids({
          where: {
            kind: 'all',
            of: [
              { kind: 'oneOf', field: 'taskDefName', values: ['charge'] },
              { kind: 'oneOf', field: 'status', values: ['COMPLETED'] },
              { kind: 'oneOf', field: 'workflowId', values: ['order-1'] },
              { kind: 'compare', field: 'queueWaitTime', operator: '>=', value: 10 },
            ],
          },
        }),
      ).toEqual([charge]);
      const found = await readModel.searchTasks({ ...page, size: 1, text: 'ship_ref' });
      expect(found).toMatchObject({ totalHits: 1, results: [{ taskId: ship, workflowName: 'checkout' }] });
      expect(found.results[0]?.workflowTask.value).toMatchObject({ name: 'ship' });
    });

    it('as a list of open runs, or of those created in between', async () => {
      expect(await readModel.running({ name: 'odd_flow' })).toHaveLength(10);
      expect(await readModel.running({ name: 'odd_flow', version: 9 })).toEqual([]);
      const [first] = (
        await readModel.searchWorkflows({
          where: { kind: 'oneOf', field: 'workflowId', values: ['bulk-01'] },
          orderBy: [],
          start: 0,
          size: 1,
        })
      ).results;
      const at = first?.createTime ?? 0;
      expect(await readModel.running({ name: 'odd_flow', created: { from: at, to: at } })).toEqual(['bulk-01']);
    });

    it('by when tasks began, with an index that serves it', async () => {
      const where = {
        kind: 'all',
        of: [
          { kind: 'compare', field: 'startTime', operator: '>=', value: atOf(1) },
          { kind: 'compare', field: 'endTime', operator: '<=', value: atOf(4) },
        ],
      } as const;
      const orderBy = [{ field: 'startTime', descending: true }] as const;
      const { results } = await readModel.searchTasks({ where, orderBy, start: 0, size: 10 });
      expect(results.map(({ taskId }) => taskId)).toContain(charge);
      const plan = await database.snapshot(async (queries) => {
        // So few rows are read faster without any index.
        await queries.run('SET LOCAL enable_seqscan = off');
        await queries.run('SET LOCAL enable_indexscan = off');
        return queries.rows<{ 'QUERY PLAN': string }>(
          'EXPLAIN SELECT 1 FROM read_model.task WHERE start_time >= 5::bigint ORDER BY start_time DESC LIMIT 10',
        );
      });
      expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('Bitmap Index Scan on task_by_run_time');
    });

    it('for anything at all is answered, or refused as a search that cannot be', async () => {
      const text = fc.oneof(
        fc.constantFrom(
          `'`,
          `''; DROP TABLE read_model.workflow; --`,
          '\\',
          '\\\\%',
          '%',
          '_',
          '*',
          '\0',
          '$1',
          '"',
          '${x}',
        ),
        fc.constantFrom('\ud800', '(a+)+$', '1e999', '-1', '99999999999999999999', 'a'.repeat(5_000), ''),
        fc.string(),
      );
      const condition = <F extends string>(fields: readonly F[]): fc.Arbitrary<SearchCondition<F>> => {
        const field = fc.constantFrom(...fields);
        return fc.letrec<{ any: SearchCondition<F> }>((tie) => ({
          any: fc.oneof(
            { depthSize: 'small', withCrossShrink: true },
            fc.record({ kind: fc.constant('oneOf' as const), field, values: fc.array(text, { maxLength: 3 }) }),
            fc.record({ kind: fc.constant('like' as const), field, pattern: text }),
            fc.record({ kind: fc.constant('present' as const), field }),
            fc.record({
              kind: fc.constant('compare' as const),
              field,
              operator: fc.constantFrom('<', '<=', '>', '>='),
              value: fc.oneof(fc.double(), fc.integer(), fc.constantFrom(Infinity, -Infinity, Number.NaN)),
            }),
            fc.record({ kind: fc.constant('not' as const), condition: tie('any') }),
            fc.record({
              kind: fc.constantFrom('all' as const, 'any' as const),
              of: fc.array(tie('any'), { maxLength: 3 }),
            }),
          ),
        })).any;
      };
      const search = <F extends string>(fields: readonly F[]): fc.Arbitrary<Search<F>> =>
        fc.record({
          where: condition(fields),
          orderBy: fc.array(fc.record({ field: fc.constantFrom(...fields), descending: fc.boolean() }), {
            maxLength: 2,
          }),
          text,
          start: fc.nat(20),
          size: fc.nat(20),
        });
      const answered = (work: Promise<unknown>): Promise<unknown> =>
        work.then(
          () => 'answered',
          (error: unknown) => (error as { code?: string }).code ?? error,
        );
      await fc.assert(
        fc.asyncProperty(search(workflowFields), search(taskFields), async (runs, tasks) => {
          for (const work of [
            readModel.searchWorkflows(runs),
            readModel.searchTasks(tasks),
            readModel.searchWorkflowsByTasks(tasks),
          ])
            expect(['answered', 'INVALID_SEARCH']).toContain(await answered(work));
        }),
        { numRuns: 60 },
      );
      expect(await readModel.workflow('order-1', { includeTasks: false })).toBeDefined();
    }, 60_000);

    it('by correlation id', async () => {
      const query = { name: 'odd_flow', correlationIds: ['batch-1', 'none'], includeTasks: false };
      const open = await readModel.correlated({ ...query, includeClosed: false });
      expect([...open].map(([id, views]) => [id, views.map(({ workflowId }) => workflowId)])).toEqual([
        ['batch-1', ['bulk-13', 'bulk-19', 'bulk-25']],
        ['none', []],
      ]);
      const all = await readModel.correlated({ ...query, includeClosed: true });
      expect(all.get('batch-1')).toHaveLength(5);
    });
  });

  it('takes nothing of a writer that another one was quicker than', async () => {
    const late = new Entries();
    late.add('late', started());
    const step = { partition: 0, from: startPosition, to: position, changes: late.cut() };
    const writing = writeChanges(database, [step, { ...step, partition: 9, changes: new PartitionChanges() }]);
    await expect(writing).rejects.toEqual(new Superseded([0, 9]));
    expect(await readModel.workflow('late', { includeTasks: false })).toBeUndefined();
  });

  it('shows all tasks of a run that has very many, by seq', async () => {
    const startIndex = entries.next;
    const seqs = Array.from({ length: 2_500 }, (_, i) => i + 1);
    const tasks = seqs.map((seq) => scheduled(taskOf('wide', startIndex, seq), { seq }));
    entries.add('wide', started(), ...tasks);
    await write();
    const view = await readModel.workflow('wide', { includeTasks: true });
    expect(view?.tasks.map(({ seq }) => seq)).toEqual(seqs);
  });
});
