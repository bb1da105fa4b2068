import { describe, expect, it } from '@jest/globals';
import { Payload } from '@partitura/model';
import { completed, ended, Entries, atOf, offsetOf, scheduled, started, taskOf } from '../spec/entries.ts';
import { taskColumns } from '../task/task-change.ts';
import { workflowColumns } from '../workflow/workflow-change.ts';

const task = taskOf('w', 0);

describe('a stretch that holds a whole task', () => {
  const { changes } = new Entries()
    .add('w', started(), scheduled(task), { type: 'TaskDispatched', taskId: task, dispatch: 1 })
    .add('w', { type: 'TaskPolled', taskId: task, dispatch: 1, workerId: 'worker' })
    .add('w', completed(task), ended());

  it('makes one row in its final state', () => {
    expect([...changes.tasks.values()]).toEqual([
      expect.objectContaining({
        taskId: task,
        scheduled: expect.objectContaining({ seq: 1 }),
        status: 'COMPLETED',
        polls: 1,
        workerId: 'worker',
        scheduledTime: atOf(0),
        startTime: atOf(1),
        endTime: atOf(2),
        updateTime: atOf(2),
        journalOffset: offsetOf(2),
      }),
    ]);
  });

  it('makes the run in its final state', () => {
    expect([...changes.workflows.values()]).toEqual([
      expect.objectContaining({ startIndex: 0, status: 'COMPLETED', createTime: atOf(0), endTime: atOf(2) }),
    ]);
  });
});

describe('a stretch without the scheduling', () => {
  it('changes only the columns that its events tell of', () => {
    const { changes } = new Entries().add('w', { type: 'TaskPolled', taskId: task, dispatch: 1 });
    const { status, workerId, callback, updateTime } = taskColumns;
    expect(changes.tasks.get(task)).toMatchObject({
      scheduled: undefined,
      changed: status | workerId | callback | updateTime,
      status: 'IN_PROGRESS',
      polls: 1,
      startTime: atOf(0),
    });
  });

  it('marks an attempt as retried by the attempt that follows it', () => {
    const next = taskOf('w', 0, 1);
    const { changes } = new Entries().add('w', scheduled(next, { retriedTaskId: task, attempt: 1 }));
    expect(changes.tasks.get(task)).toMatchObject({ changed: taskColumns.retried, retried: true });
  });

  it('keeps what a retry of the run does not tell of', () => {
    const { changes } = new Entries().add('w', { type: 'WorkflowRetried', timeoutAt: 0 });
    const { status, lastRetriedTime, reason } = workflowColumns;
    expect(changes.workflows.get('w')).toMatchObject({
      changed: status | lastRetriedTime | reason,
      status: 'RUNNING',
      lastRetriedTime: atOf(0),
      reason: undefined,
    });
  });

  it('merges variables in order, whatever was there', () => {
    const { changes } = new Entries()
      .add('w', { type: 'VariablesSet', values: Payload.of({ a: 1, b: 1 }) })
      .add('w', { type: 'VariablesSet', values: Payload.of({ b: 2 }) });
    expect(changes.workflows.get('w')?.mergedVariables(Payload.of({ a: 0, z: 0 })).value).toEqual({ a: 1, b: 2, z: 0 });
  });
});

describe('a removed run', () => {
  const entries = new Entries()
    .add('w', started(), scheduled(task))
    .add('w-other', started(), scheduled(taskOf('w-other', 1)))
    .add('w', { type: 'TaskLogsAdded', taskId: task, logs: [{ message: 'm', at: 1 }] })
    .add('w', { type: 'WorkflowRemoved' });

  it('leaves nothing, and takes nobody else with it', () => {
    const { changes } = entries;
    expect([...changes.removed]).toEqual(['w']);
    expect([...changes.workflows.keys()]).toEqual(['w-other']);
    expect([...changes.tasks.keys()]).toEqual([taskOf('w-other', 1)]);
    expect(changes.logs).toEqual([]);
  });

  it('may begin anew in the same stretch', () => {
    entries.add('w', started({ version: 9 }));
    expect(entries.changes.workflows.get('w')).toMatchObject({ startIndex: 4, started: { version: 9 } });
  });
});

describe('a run that begins anew under its id', () => {
  it('has nothing of the run before', () => {
    const { changes } = new Entries()
      .add('w', started())
      .add('w', ended({ status: 'FAILED', reason: 'no', failedTaskNames: ['charge'] }))
      .add('w', started());
    expect(changes.workflows.get('w')).toMatchObject({
      startIndex: 2,
      status: 'RUNNING',
      endTime: 0,
      reason: undefined,
      failedTaskNames: undefined,
    });
  });
});

describe('the archive', () => {
  const chunks = (entries: Entries): unknown[] =>
    entries.changes.history.map(({ workflowId, firstIndex, lastIndex, starts }) => [
      workflowId,
      firstIndex,
      lastIndex,
      starts,
    ]);

  it('gets one chunk per run and stretch', () => {
    const entries = new Entries()
      .add('v', { type: 'WorkflowPaused' })
      .add('w', started())
      .add('v', { type: 'WorkflowResumed', timeoutAt: 0 })
      .add('w', ended())
      .add('w', started());
    expect(chunks(entries)).toEqual([
      ['v', 0, 2, false],
      ['w', 1, 3, true],
      ['w', 4, 4, true],
    ]);
  });

  it('does not get again what it has', () => {
    const entries = new Entries(2).add('w', started()).add('w', { type: 'WorkflowPaused' }).add('w', ended());
    expect(chunks(entries)).toEqual([['w', 2, 2, false]]);
    expect(entries.changes.workflows.get('w')?.status).toBe('COMPLETED');
  });

  it('does not get entries that changed nothing, nor those of other aggregates', () => {
    const entries = new Entries().add('w').add('$definition/task/charge', {
      type: 'DefinitionPut',
      kind: 'task',
      name: 'charge',
      body: Payload.empty,
    });
    expect(chunks(entries)).toEqual([]);
  });
});

describe('log lines', () => {
  it('are numbered within their entry', () => {
    const logs = [
      { message: 'one', at: 1 },
      { message: 'two', at: 2 },
    ];
    const { changes } = new Entries()
      .add('w', { type: 'TaskLogsAdded', taskId: task, logs }, { type: 'TaskLogsAdded', taskId: task, logs })
      .add('w', { type: 'TaskLogsAdded', taskId: task, logs });
    expect(changes.logs.map(({ journalOffset, line }) => [journalOffset, line])).toEqual([
      [100, 0],
      [100, 1],
      [100, 2],
      [100, 3],
      [101, 0],
      [101, 1],
    ]);
  });
});
