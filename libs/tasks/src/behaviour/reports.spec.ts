import { describe, expect, it } from '@jest/globals';
import { Payload } from '@partitura/model';
import { Scenario } from '../testing/scenario.ts';
import { simple, task, taskDef, workflow } from '../testing/shapes.ts';

const tasks = [taskDef('a'), taskDef('b')];
const sequence = (more = {}) => new Scenario({ tasks, workflows: [workflow('w', [simple('a1', more), simple('b1')])] });

describe('a report about a task', () => {
  it('is accepted for a task that nobody polled', () => {
    const run = sequence().start('w').complete('a1', { v: 1 });
    expect(run.task('a1')).toMatchObject({ status: 'COMPLETED', pollCount: 0, output: { v: 1 } });
  });

  it('tells of the hand-out that led to it, where that was not told before', () => {
    const scenario = sequence();
    const run = scenario.start('w');
    const { now } = scenario;
    scenario.advance(500);
    run.report('a1', 'COMPLETED', { v: 1 }, { begun: { dispatch: 1, workerId: 'w7', at: now + 300 } });
    expect(run.task('a1')).toMatchObject({ status: 'COMPLETED', pollCount: 1, workerId: 'w1', output: { v: 1 } });
    scenario.poll('b', { workerId: 'w8' });
    run.report('b1', 'COMPLETED', {}, { begun: { dispatch: 1, workerId: 'w9', at: now + 700 } });
    expect(run.task('b1')).toMatchObject({ status: 'COMPLETED', pollCount: 1 });
    const shown = scenario.decider.endedRun?.(run.state)?.tasks.map(({ startTime, endTime }) => [startTime, endTime]);
    expect(shown).toEqual([
      [now + 300, now + 500],
      [now + 500, now + 500],
    ]);
  });

  it('of another hand-over does not tell of this one', () => {
    const run = sequence().start('w');
    run.report('a1', 'COMPLETED', {}, { begun: { dispatch: 2, at: 1 } });
    expect(run.task('a1')).toMatchObject({ status: 'COMPLETED', pollCount: 0 });
  });

  it('is answered with the id of the task, and so is every later one', () => {
    const run = sequence().start('w');
    const { taskId } = run.task('a1');
    const first = run.report('a1', 'COMPLETED');
    const second = run.report('a1', 'FAILED');
    expect(first.kind === 'accepted' && first.result?.value).toEqual({ taskId });
    expect(second.kind === 'repeated' && second.result?.value).toEqual({ taskId });
    expect(run.task('a1').status).toBe('COMPLETED');
  });

  it('of an earlier hand-over is refused, ended or not', () => {
    const scenario = sequence();
    const run = scenario.start('w');
    scenario.poll('a');
    run.report('a1', 'IN_PROGRESS', {}, { dispatch: 1 });
    expect(run.task('a1').dispatch).toBe(2);
    expect(run.report('a1', 'COMPLETED', {}, { dispatch: 1 })).toMatchObject({ rejection: { code: 'STALE_DISPATCH' } });
    expect(run.report('a1', 'COMPLETED', {}, { dispatch: 2 }).kind).toBe('accepted');
    expect(run.report('a1', 'COMPLETED', {}, { dispatch: 1 })).toMatchObject({ rejection: { code: 'STALE_DISPATCH' } });
  });

  it('about an unknown task is refused', () => {
    const run = sequence().start('w');
    expect(run.report('a1', 'COMPLETED', {}, { taskId: 'zz~1.1.0' })).toMatchObject({
      rejection: { code: 'TASK_NOT_FOUND', reason: 'No such task found by id: zz~1.1.0' },
    });
  });

  it('replaces the output', () => {
    const scenario = sequence();
    const run = scenario.start('w');
    scenario.poll('a');
    run.report('a1', 'IN_PROGRESS', { step: 1 });
    expect(scenario.poll('a')?.output.value).toEqual({ step: 1 });
    run.complete('a1', { done: true });
    expect(run.task('a1').output).toEqual({ done: true });
  });

  it('with more than 3 MB fails the task for good', () => {
    const run = sequence()
      .start('w')
      .complete('a1', { big: 'x'.repeat(3_200_000) });
    expect(run.status).toBe('FAILED');
    expect(run.task('a1')).toMatchObject({ status: 'FAILED_WITH_TERMINAL_ERROR', output: {} });
    expect(run.task('a1').reason).toMatch(
      /^The payload size: 3200010 of task: .* {2}is greater than the permissible limit/,
    );
  });

  it('keeps logs', () => {
    const run = sequence().start('w');
    run.send({ type: 'AddTaskLogs', taskId: run.task('a1').taskId, logs: [{ message: 'hm', at: 1 }] });
    expect(run.history.at(-1)?.events).toEqual([
      { type: 'TaskLogsAdded', taskId: run.task('a1').taskId, logs: [{ message: 'hm', at: 1 }] },
    ]);
  });
});

describe('a progress report', () => {
  it('hands a worker task back, to be offered again after the callback time', () => {
    const scenario = sequence();
    const run = scenario.start('w');
    scenario.poll('a');
    run.report('a1', 'IN_PROGRESS', { step: 1 }, { callbackAfterSeconds: 3600 });
    expect(run.task('a1')).toMatchObject({ status: 'SCHEDULED', callbackAfterSeconds: 3600 });
    scenario.advance(3_599_000);
    expect(scenario.poll('a')).toBeUndefined();
    scenario.advance(1_000);
    expect(scenario.poll('a')).toMatchObject({ dispatch: 2, pollCount: 1 });
  });

  it('leaves a task that somebody else completes in progress', () => {
    const scenario = new Scenario({
      workflows: [workflow('w', [task('WAIT', 'wt', { inputParameters: { duration: '9 s' } })])],
    });
    const run = scenario.start('w');
    run.report('wt', 'IN_PROGRESS', { step: 1 });
    expect(run.task('wt')).toMatchObject({ status: 'IN_PROGRESS', output: { step: 1 } });
    scenario.advance(9_000);
    expect(run.seen.output).toEqual({ step: 1 });
  });

  it('that is repeated for the same hand-over changes nothing', () => {
    const scenario = sequence();
    const run = scenario.start('w');
    scenario.poll('a');
    const more = { callbackAfterSeconds: 60, dispatch: 1 };
    run.report('a1', 'IN_PROGRESS', {}, more);
    const { length } = run.history;
    expect(run.report('a1', 'IN_PROGRESS', {}, more).kind).toBe('repeated');
    expect(run.history).toHaveLength(length);
  });
});

describe('the start of a task by a worker', () => {
  it('counts once per hand-over', () => {
    const scenario = sequence();
    const run = scenario.start('w');
    scenario.poll('a', { workerId: 'me' });
    const { taskId } = run.task('a1');
    expect(run.send({ type: 'TaskStarted', taskId, dispatch: 1 }).kind).toBe('repeated');
    expect(run.task('a1')).toMatchObject({ status: 'IN_PROGRESS', pollCount: 1 });
  });

  it('is refused for tasks that are over or were handed out again', () => {
    const scenario = sequence();
    const run = scenario.start('w');
    const { taskId } = run.task('a1');
    run.report('a1', 'IN_PROGRESS');
    expect(run.send({ type: 'TaskStarted', taskId, dispatch: 1 })).toMatchObject({
      rejection: { code: 'STALE_DISPATCH' },
    });
    run.complete('a1');
    expect(run.send({ type: 'TaskStarted', taskId, dispatch: 2 })).toMatchObject({ rejection: { code: 'TASK_ENDED' } });
    run.complete('b1');
    expect(run.send({ type: 'TaskStarted', taskId, dispatch: 2 })).toMatchObject({
      rejection: { code: 'WORKFLOW_ENDED' },
    });
  });
});

describe('a task', () => {
  it('with a start delay is handed out only then', () => {
    const scenario = sequence({ startDelay: 5 });
    const run = scenario.start('w');
    expect(run.task('a1')).toMatchObject({ status: 'SCHEDULED', startDelaySeconds: 5, callbackAfterSeconds: 5 });
    expect(scenario.poll('a')).toBeUndefined();
    scenario.advance(5_000);
    expect(scenario.poll('a')).toMatchObject({ dispatch: 1, startDelaySeconds: 5 });
  });

  it('goes to the domain of its type, else to the one for all', () => {
    const scenario = sequence();
    const run = scenario.start('w', {}, { taskToDomain: { '*': 'all', a: 'x' } });
    expect(run.task('a1').domain).toBe('x');
    expect(scenario.poll('a')).toBeUndefined();
    expect(scenario.poll('a', { domain: 'x' })).toMatchObject({ domain: 'x' });
    expect(run.complete('a1').task('b1').domain).toBe('all');
  });

  it.each([
    ['one,two', 'two'],
    ['all,NO_DOMAIN', undefined],
    ['', undefined],
  ])('takes the last of several domains: %j', (list, domain) => {
    expect(
      sequence()
        .start('w', {}, { taskToDomain: { '*': list } })
        .task('a1').domain,
    ).toBe(domain);
  });

  it('of a type that nobody knows is queued under that type', () => {
    const scenario = new Scenario({ workflows: [workflow('w', [task('MY_TYPE', 'a')])] });
    const run = scenario.start('w');
    expect(run.task('a').type).toBe('MY_TYPE');
    expect(scenario.poll('a')).toBeUndefined();
    expect(scenario.poll('MY_TYPE')).toMatchObject({ taskDefName: 'a', taskType: 'MY_TYPE' });
  });

  it('that cannot be delivered fails with the reason', () => {
    const run = sequence().start('w');
    run.send({ type: 'Undeliverable', taskId: run.task('a1').taskId, dispatch: 1, reason: 'the topic is gone' });
    expect(run.task('a1')).toMatchObject({ status: 'FAILED', reason: 'the topic is gone' });
  });

  it('shows workers what they need', () => {
    const scenario = sequence({ inputParameters: { n: '${workflow.input.n}' } });
    const run = scenario.start('w', { n: 1 }, { priority: 7, correlationId: 'c' });
    const record = scenario.poll('a');
    expect(record).toMatchObject({
      taskId: run.task('a1').taskId,
      workflowId: run.id,
      workflowName: 'w',
      workflowVersion: 1,
      taskType: 'a',
      taskDefName: 'a',
      referenceName: 'a1',
      dispatch: 1,
      attempt: 0,
      seq: 1,
      pollCount: 0,
      priority: 7,
      correlationId: 'c',
      responseTimeoutSeconds: 3600,
    });
    expect(record?.input).toBeInstanceOf(Payload);
    expect(record?.input.value).toEqual({ n: 1 });
    expect(record?.workflowTask.value).toMatchObject({
      taskReferenceName: 'a1',
      taskDefinition: { name: 'a', retryCount: 0 },
    });
  });
});
