import { describe, expect, it } from '@jest/globals';
import { Payload, taskId, workflowId, type WorkflowCommand } from '@partitura/model';
import { Scenario } from '../testing/scenario.ts';
import { fork, join, simple, task, taskDef, workflow } from '../testing/shapes.ts';

const tasks = ['a', 'b', 'c', 'd'].map((name) => taskDef(name));
const scenarioOf = (...list: Parameters<typeof workflow>[1][number][]) =>
  new Scenario({ tasks, workflows: [workflow('w', list)] });
const sequence = () => scenarioOf(simple('a1'), simple('b1'));

describe('a paused workflow', () => {
  it('records a completion but schedules nothing until resume', () => {
    const scenario = sequence();
    const run = scenario.start('w');
    run.pause();
    expect(scenario.poll('a')).toBeDefined();
    run.complete('a1');
    expect(run.summary).toEqual(['a1:COMPLETED']);
    run.resume();
    expect(run.summary).toEqual(['a1:COMPLETED', 'b1:SCHEDULED']);
  });

  it('does not act upon failures until resume', () => {
    const run = sequence().start('w');
    run.pause();
    run.fail('a1', 'no');
    expect(run.status).toBe('PAUSED');
    run.resume();
    expect(run.status).toBe('FAILED');
  });

  it('retries after resume what failed meanwhile', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a', { retryCount: 1, retryDelaySeconds: 0 })],
      workflows: [workflow('w', [simple('a1')])],
    });
    const run = scenario.start('w');
    run.pause();
    run.fail('a1', 'no');
    expect(run.summary).toEqual(['a1:FAILED']);
    run.resume();
    expect(run.summary).toEqual(['a1:FAILED', 'a1:SCHEDULED']);
  });

  it('joins after resume what completed meanwhile', () => {
    const run = scenarioOf(fork('f', [[simple('a1')], [simple('b1')]]), join('j1', ['a1', 'b1']), simple('c1')).start(
      'w',
    );
    run.pause();
    run.complete('a1', { a: 1 }).complete('b1');
    expect(run.task('j1').status).toBe('IN_PROGRESS');
    run.resume();
    expect(run.task('j1')).toMatchObject({ status: 'COMPLETED', output: { a1: { a: 1 } } });
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('lets a wait end, and goes on after resume', () => {
    const scenario = scenarioOf(task('WAIT', 'wt', { inputParameters: { duration: '1 seconds' } }), simple('c1'));
    const run = scenario.start('w');
    run.pause();
    scenario.advance(5_000);
    expect(run.summary).toEqual(['wt:COMPLETED']);
    run.resume();
    expect(run.task('c1').status).toBe('SCHEDULED');
  });

  it('enforces no limits of tasks until resume', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a', { timeoutSeconds: 1, timeoutPolicy: 'RETRY' })],
      workflows: [workflow('w', [simple('a1')])],
    });
    const run = scenario.start('w');
    scenario.poll('a');
    run.pause();
    scenario.advance(10_000);
    expect(run.task('a1').status).toBe('IN_PROGRESS');
    run.resume();
    scenario.advance(0);
    expect(run.status).toBe('TIMED_OUT');
  });

  it('may be paused again without effect, and terminated', () => {
    const run = sequence().start('w');
    run.pause();
    expect(run.pause().kind).toBe('repeated');
    run.terminate('x');
    expect(run.status).toBe('TERMINATED');
  });
});

describe('a running workflow', () => {
  it('cannot be resumed', () => {
    const run = sequence().start('w');
    expect(run.resume()).toMatchObject({
      kind: 'rejected',
      rejection: {
        code: 'WORKFLOW_NOT_PAUSED',
        reason: `The workflow ${run.id} is not PAUSED so cannot resume. Current status is RUNNING`,
      },
    });
  });

  it('cannot be retried', () => {
    const run = sequence().start('w');
    expect(run.retry()).toMatchObject({ rejection: { reason: 'Workflow is still running.  status=RUNNING' } });
    run.pause();
    expect(run.retry()).toMatchObject({ rejection: { reason: 'Workflow is still running.  status=PAUSED' } });
  });

  it('cannot be started again', () => {
    const scenario = sequence();
    scenario.start('w', {}, { id: 'x' });
    expect(() => scenario.start('w', {}, { id: 'x' })).toThrow('WORKFLOW_EXISTS');
  });

  it('that is terminated cancels its open tasks and keeps the given reason', () => {
    const run = sequence().start('w');
    run.terminate('because');
    expect([run.status, run.seen.reason, run.summary]).toEqual(['TERMINATED', 'because', ['a1:CANCELED']]);
  });

  it('is removed only after it was terminated', () => {
    const run = sequence().start('w');
    expect(run.send({ type: 'RemoveWorkflow', onlyEnded: true })).toMatchObject({
      rejection: { reason: `Cannot archive workflow: ${run.id} with status: RUNNING` },
    });
    run.send({ type: 'RemoveWorkflow', onlyEnded: false });
    expect(run.seen.endings).toBe(1);
    expect(run.status).toBe('REMOVED');
    expect(run.pause()).toMatchObject({ rejection: { code: 'WORKFLOW_NOT_FOUND' } });
  });
});

describe('a workflow that has ended', () => {
  it('refuses what has no meaning any more, with words that clients know', () => {
    const run = sequence().start('w').complete('a1').complete('b1');
    const reasons = [run.pause(), run.resume(), run.terminate('x'), run.retry()].map(
      (decision) => decision.kind === 'rejected' && decision.rejection.reason,
    );
    expect(reasons).toEqual([
      `Workflow w.1/${run.id} has ended, status cannot be updated.`,
      `The workflow ${run.id} is not PAUSED so cannot resume. Current status is COMPLETED`,
      'Cannot terminate a COMPLETED workflow.',
      'There are no retryable tasks! Use restart if you want to attempt entire workflow execution again.',
    ]);
  });

  it('as TERMINATED keeps its first reason', () => {
    const run = sequence().start('w');
    run.terminate('first');
    expect(run.terminate('second').kind).toBe('repeated');
    expect(run.seen.reason).toBe('first');
  });

  it('as FAILED may still be terminated, which replaces status, reason and output', () => {
    const scenario = new Scenario({ tasks, workflows: [workflow('w', [simple('a1')], { failureWorkflow: 'nofw' })] });
    const run = scenario.start('w').fail('a1', 'no');
    run.terminate('instead');
    expect([run.status, run.seen.reason, run.seen.output]).toEqual(['TERMINATED', 'instead', {}]);
  });

  it('ignores reports about its tasks', () => {
    const run = sequence().start('w');
    run.terminate('x');
    const { length } = run.history;
    expect(run.report('a1', 'COMPLETED', { late: 1 }).kind).toBe('repeated');
    expect(run.history).toHaveLength(length);
  });

  it('stays closed: nothing is due and nothing postponed', () => {
    const scenario = sequence();
    const run = scenario.start('w').complete('a1').complete('b1');
    expect(scenario.decider.isClosed(run.state)).toBe(true);
    expect(scenario.decider.nextDue(run.state)).toEqual({});
    expect(scenario.decider.hasPostponedWork(run.state)).toBe(false);
  });
});

describe('an unknown workflow', () => {
  it('is not found; the end of a child needs nobody who listens', () => {
    const ghost = sequence().run('ghost');
    expect(ghost.pause()).toMatchObject({ rejection: { reason: 'No such workflow found by id: ghost' } });
    const ended = ghost.send({
      type: 'ChildEnded',
      taskId: taskId('ghost~1.1.1'),
      childId: workflowId('x'),
      childName: 'x',
      childVersion: 1,
      status: 'COMPLETED',
      output: Payload.empty,
    });
    expect(ended.kind).toBe('repeated');
  });
});

describe('a retried workflow', () => {
  it('makes a new attempt of what failed, at once, and goes on', () => {
    const run = sequence().start('w').complete('a1', { v: 1 }).fail('b1', 'oops');
    const failed = run.task('b1').taskId;
    run.retry();
    expect(run.status).toBe('RUNNING');
    expect(run.summary).toEqual(['a1:COMPLETED', 'b1:FAILED', 'b1:SCHEDULED']);
    expect(run.task('b1')).toMatchObject({
      attempt: 1,
      retriedTaskId: failed,
      reason: undefined,
      callbackAfterSeconds: 0,
    });
    run.complete('b1', { ok: 1 });
    expect(run.status).toBe('COMPLETED');
    expect(run.seen.output).toEqual({ ok: 1 });
    expect(run.seen.failedReferenceTaskNames).toEqual(['b1']);
  });

  it('renders the input of the new attempt again', () => {
    const scenario = scenarioOf(
      task('SET_VARIABLE', 's1', { inputParameters: { n: 1 } }),
      simple('a1', { inputParameters: { n: '${workflow.variables.n}', me: '${CPEWF_TASK_ID}' } }),
    );
    const run = scenario.start('w').fail('a1', 'no');
    run.retry();
    expect(run.task('a1').input).toEqual({ n: 1, me: run.task('a1').taskId });
  });

  it('keeps a join under its old id and leaves done branches alone', () => {
    const run = scenarioOf(
      fork('f', [[simple('a1')], [simple('b1')], [simple('d1')]]),
      join('j1', ['a1', 'b1', 'd1']),
    ).start('w');
    run.complete('d1', { d: 1 });
    run.fail('a1', 'no');
    const { taskId } = run.task('j1');
    run.retry();
    expect(run.summary).toEqual([
      'f:COMPLETED',
      'a1:FAILED',
      'b1:CANCELED',
      'd1:COMPLETED',
      'j1:IN_PROGRESS',
      'a1:SCHEDULED',
      'b1:SCHEDULED',
    ]);
    run.complete('a1').complete('b1');
    expect(run.status).toBe('COMPLETED');
    expect(run.task('j1')).toMatchObject({ taskId, output: { d1: { d: 1 } } });
  });

  it('after a permissive failure waits in the same join for the new attempt', () => {
    const run = scenarioOf(
      fork('f', [[simple('a1', { permissive: true })], [simple('b1')]]),
      join('j1', ['a1', 'b1']),
    ).start('w');
    run.fail('a1', 'w1').complete('b1');
    const { taskId } = run.task('j1');
    run.retry();
    expect(run.task('j1')).toMatchObject({ taskId, status: 'IN_PROGRESS', attempt: 0 });
    run.complete('a1', { a: 1 });
    expect(run.status).toBe('COMPLETED');
    expect(run.task('j1').output).toEqual({ a1: { a: 1 } });
    expect(run.seen.tasks.filter(({ ref }) => ref === 'b1')).toHaveLength(1);
  });

  it('makes new attempts of a worker task and of waits that were cancelled', () => {
    const run = scenarioOf(
      fork('f', [[simple('a1')], [task('WAIT', 'wt', { inputParameters: { duration: '5 seconds' } })]]),
      join('j1', ['a1', 'wt']),
    ).start('w');
    run.report('a1', 'FAILED_WITH_TERMINAL_ERROR', {}, { reason: 'no' });
    run.retry();
    expect(run.task('a1')).toMatchObject({ attempt: 1, status: 'SCHEDULED' });
    expect(run.task('wt')).toMatchObject({ attempt: 1, status: 'IN_PROGRESS' });
  });

  it('after termination makes a new attempt of what was cancelled', () => {
    const run = sequence().start('w');
    run.terminate('stop');
    run.retry();
    expect(run.summary).toEqual(['a1:CANCELED', 'a1:SCHEDULED']);
    expect(run.seen.reason).toBeUndefined();
  });

  it('after its own time-out has a fresh clock', () => {
    const scenario = new Scenario({
      tasks,
      workflows: [workflow('w', [simple('a1')], { timeoutSeconds: 10, timeoutPolicy: 'TIME_OUT_WF' })],
    });
    const run = scenario.start('w');
    scenario.advance(10_000);
    expect(run.status).toBe('TIMED_OUT');
    run.retry();
    scenario.advance(9_999);
    expect(run.status).toBe('RUNNING');
    scenario.advance(1);
    expect(run.status).toBe('TIMED_OUT');
  });

  it('counts attempts on, so that used-up retries are not given again', () => {
    const scenario = new Scenario({
      tasks: [taskDef('a', { retryCount: 1, retryDelaySeconds: 0 })],
      workflows: [workflow('w', [simple('a1')])],
    });
    const run = scenario.start('w').fail('a1', 'one').fail('a1', 'two');
    run.retry();
    expect(run.task('a1').attempt).toBe(2);
    expect(run.fail('a1', 'three').status).toBe('FAILED');
  });

  it('follows what had ended but was not followed when the workflow was stopped', () => {
    const run = scenarioOf(fork('f', [[simple('a1'), simple('c1')], [simple('b1')]]), join('j1', ['c1', 'b1'])).start(
      'w',
    );
    run.pause();
    run.complete('a1');
    run.terminate('stop');
    run.retry();
    expect(run.task('c1').status).toBe('SCHEDULED');
    run.complete('b1').complete('c1');
    expect(run.status).toBe('COMPLETED');
  });
});

describe('a command that is not for workflows', () => {
  const foreign = { type: 'DeleteDefinition', kind: 'task', name: 'a' } as unknown as WorkflowCommand;

  it('is refused in every state', () => {
    const scenario = sequence();
    const run = scenario.start('w');
    const refusal = { kind: 'rejected', rejection: { code: 'INVALID_COMMAND' } };
    expect(scenario.run('ghost').send(foreign)).toMatchObject(refusal);
    expect(run.send(foreign)).toMatchObject(refusal);
    expect(scenario.decider.decideClosed('COMPLETED w.1', foreign, run.id)).toMatchObject(refusal);
  });
});

describe('a workflow that has left memory', () => {
  const { decider } = sequence();
  const id = workflowId('x');
  const about = (command: WorkflowCommand, tag: string | undefined) => decider.decideClosed(tag, command, id);
  const retry: WorkflowCommand = { type: 'RetryWorkflow', resumeSubworkflowTasks: false };
  const result: WorkflowCommand = {
    type: 'TaskResult',
    taskId: taskId('x~1.1.1'),
    status: 'COMPLETED',
    output: Payload.empty,
    callbackAfterSeconds: 0,
    extendLease: false,
    logs: [],
  };

  it('is described by a tag from which simple commands are answered', () => {
    const run = sequence().start('w');
    run.terminate('x');
    expect(decider.closedTag(run.state)).toBe('TERMINATED w.1');
    expect(about({ type: 'PauseWorkflow' }, 'TERMINATED w.1')).toMatchObject({
      rejection: { reason: 'Workflow w.1/x has ended, status cannot be updated.' },
    });
    expect(about(retry, 'COMPLETED w.1')).toMatchObject({ rejection: { code: 'NOTHING_TO_RETRY' } });
    expect(about(result, 'COMPLETED w.1')).toEqual({ kind: 'repeated' });
    expect(about({ type: 'TerminateWorkflow', byParent: true }, 'FAILED w.1')).toEqual({ kind: 'repeated' });
  });

  it('comes back for what needs its history', () => {
    expect(about(retry, 'FAILED my flow.12')).toEqual({ kind: 'revive' });
    expect(about(retry, undefined)).toEqual({ kind: 'revive' });
    expect(about({ type: 'TerminateWorkflow', byParent: false }, 'TIMED_OUT w.1')).toEqual({ kind: 'revive' });
    expect(about({ type: 'ChildRevived', taskId: taskId('x~1.1.1'), childId: id }, undefined)).toEqual({
      kind: 'revive',
    });
  });

  it('that nobody knows is not found, and not asked for because of a report', () => {
    expect(about({ type: 'PauseWorkflow' }, undefined)).toMatchObject({ rejection: { code: 'WORKFLOW_NOT_FOUND' } });
    expect(about(result, undefined)).toMatchObject({ rejection: { code: 'TASK_NOT_FOUND' } });
  });
});
