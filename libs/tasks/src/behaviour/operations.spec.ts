import { describe, expect, it } from '@jest/globals';
import { Payload, taskId, workflowId, type WorkflowCommand } from '@partitura/model';
import { Scenario } from '../testing/scenario.ts';
import { fork, join, simple, taskDef, workflow } from '../testing/shapes.ts';

const tasks = ['a', 'b', 'c', 'd'].map((name) => taskDef(name));
const scenarioOf = (...list: Parameters<typeof workflow>[1][number][]) =>
  new Scenario({ tasks, workflows: [workflow('w', list)] });
const sequence = () => scenarioOf(simple('a1'), simple('b1'));

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

describe('a workflow that a defect had stopped and that was terminated', () => {
  const stopped = (eventsPerDecision = 1000) => {
    const branches = ['a1', 'b1', 'c1', 'd1'];
    const forked = fork(
      'f',
      branches.map((ref) => [simple(ref)]),
    );
    const scenario = new Scenario({
      tasks,
      workflows: [workflow('w', [forked, join('j1', branches)])],
      eventsPerDecision,
    });
    const run = scenario.start('w');
    run.send({ type: 'Quarantine', reason: 'a defect' });
    run.terminate('enough');
    return { run, scenario };
  };

  it('cancels its tasks to the last, however many there are', () => {
    const { run, scenario } = stopped(2);
    expect(run.summary.slice(1).map((line) => line.split(':')[1])).toEqual(Array(5).fill('CANCELED'));
    expect(scenario.decider.isClosed(run.state)).toBe(true);
  });

  it('runs again as if nothing had been', () => {
    const { run } = stopped();
    run.rerun('a1');
    for (const ref of ['a1', 'b1', 'c1', 'd1']) run.complete(ref);
    expect(run.status).toBe('COMPLETED');
  });
});
