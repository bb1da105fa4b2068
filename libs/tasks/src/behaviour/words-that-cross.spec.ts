import { describe, expect, it } from '@jest/globals';
import { workflowDecider } from '@partitura/engine';
import { taskId, workflowId, type ParentLink, type WorkflowCommand } from '@partitura/model';
import { taskKinds } from '../task-kinds.ts';
import { Scenario, type Handle } from '../testing/scenario.ts';
import { fork, join, simple, sub, task, taskDef, workflow } from '../testing/shapes.ts';

const tasks = ['a', 'b', 'c'].map((name) => taskDef(name));
const leaf = workflow('leaf', [simple('a1')]);

/** A parent that waits for a child beside a task of its own. */
function family(more = {}): { readonly scenario: Scenario; readonly run: Handle; readonly kid: Handle } {
  const besides = [sub('s1', { name: 'leaf' }, more)];
  const parent = workflow('w', [fork('f', [besides, [simple('c1')]]), join('j1', ['s1', 'c1'])]);
  const scenario = new Scenario({ tasks, workflows: [leaf, parent] });
  const run = scenario.start('w');
  return { scenario, run, kid: run.child('s1') };
}

const attempts = (run: Handle): readonly string[] => run.seen.tasks.map(({ ref, status }) => `${ref}:${status}`);

describe('a parent that goes on while words of its child are under way', () => {
  it('does not take the end of the earlier life for that of the later one', () => {
    const { scenario, run, kid } = family();
    const post = scenario.holdMessages();
    kid.fail('a1', 'before');
    run.fail('c1', 'no');
    run.retry(true);
    post.release();
    expect([run.status, run.task('s1').status, kid.status]).toEqual(['RUNNING', 'IN_PROGRESS', 'RUNNING']);
    kid.complete('a1', { k: 1 });
    expect(run.complete('c1').status).toBe('COMPLETED');
    expect(run.task('s1').output).toEqual({ subWorkflowId: kid.id, k: 1 });
  });

  it('waits for the life that somebody else has begun meanwhile, without another one', () => {
    const { scenario, run, kid } = family();
    kid.fail('a1', 'no');
    const post = scenario.holdMessages();
    kid.retry();
    run.retry(true);
    post.release();
    expect([run.status, kid.status, attempts(kid)]).toEqual(['RUNNING', 'RUNNING', ['a1:FAILED', 'a1:SCHEDULED']]);
    kid.complete('a1');
    expect(run.complete('c1').status).toBe('COMPLETED');
  });

  it('and gives up again takes back what it had asked for, even where that arrives later', () => {
    const { run, kid } = family();
    kid.fail('a1', 'no');
    const ask = (request: number): WorkflowCommand => {
      const parent = { workflowId: run.id, taskId: run.task('s1').taskId, request };
      return { type: 'RetryWorkflow', resumeSubworkflowTasks: true, parent };
    };
    kid.send({ type: 'TerminateWorkflow', byParent: true, request: 2 });
    expect([kid.send(ask(2)).kind, kid.status]).toEqual(['repeated', 'FAILED']);
    expect([kid.send(ask(3)).kind, kid.status]).toEqual(['accepted', 'RUNNING']);
  });
});

describe('a child that lives again', () => {
  it('and is over before its parent hears of it, gives it the newer end', () => {
    const { scenario, run, kid } = family();
    kid.fail('a1', 'first');
    const post = scenario.holdMessages();
    kid.retry();
    kid.fail('a1', 'second');
    post.release();
    expect([run.status, attempts(kid)]).toEqual(['FAILED', ['a1:FAILED', 'a1:FAILED']]);
    expect(run.task('s1')).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(`reason: 'second'`) });
    expect(run.task('c1').status).toBe('CANCELED');
  });

  it('because its parent wants it to, does not make the parent live again: two would do so to each other for ever', () => {
    const branches = ['s1', 's2'].map((ref) => [sub(ref, { name: 'leaf' })]);
    const parent = workflow('w', [fork('f', branches), join('j1', ['s1', 's2'])]);
    const scenario = new Scenario({ tasks, workflows: [leaf, parent] });
    const run = scenario.start('w');
    const [one, two] = [run.child('s1'), run.child('s2')];
    one.fail('a1', 'no');
    one.retry();
    const post = scenario.holdMessages();
    one.fail('a1', 'again');
    post.release();
    expect([run.status, one.status, two.status]).toEqual(['FAILED', 'FAILED', 'TERMINATED']);
    const revivals = scenario.effects.filter(
      (effect) => effect.kind === 'SendCommand' && effect.command.type === 'ChildRevived',
    );
    expect(revivals).toHaveLength(1);
  });

  it('while its parent runs on because it tolerates failures, is waited for; other children are left alone', () => {
    const branches = ['s1', 's2'].map((ref) => [sub(ref, { name: 'leaf' }, { permissive: true })]);
    const parent = workflow('w', [fork('f', [...branches, [simple('c1')]]), join('j1', ['s1', 's2', 'c1'])]);
    const scenario = new Scenario({ tasks, workflows: [leaf, parent] });
    const run = scenario.start('w');
    const [one, two] = [run.child('s1').fail('a1', 'no'), run.child('s2').fail('a1', 'no')];
    one.retry();
    expect([run.task('s1').status, run.task('s2').status, two.status]).toEqual(['IN_PROGRESS', 'FAILED', 'FAILED']);
    run.complete('c1');
    expect(run.status).toBe('RUNNING');
    one.complete('a1');
    expect([run.status, run.task('s1').status]).toEqual(['FAILED', 'COMPLETED']);
  });

  it('while its parent is paused, is waited for; what it brings is followed after resume', () => {
    const { run, kid } = family({ permissive: true });
    run.pause();
    kid.fail('a1', 'no').retry();
    expect(run.task('s1').status).toBe('IN_PROGRESS');
    run.resume();
    expect(run.task('s1')).toMatchObject({ status: 'IN_PROGRESS', dispatch: 2 });
    kid.complete('a1');
    expect(run.complete('c1').status).toBe('COMPLETED');
  });

  it('although a defect has stopped its parent, is waited for once that is repaired', () => {
    const { run, kid } = family({ permissive: true });
    run.send({ type: 'Quarantine', reason: 'a defect' });
    kid.fail('a1', 'no').retry();
    run.resume();
    expect(run.task('s1').status).toBe('IN_PROGRESS');
    kid.complete('a1');
    expect(run.complete('c1').status).toBe('COMPLETED');
  });
});

describe('a child that is asked to go on', () => {
  it('while a defect has stopped it, answers with its next end', () => {
    const { scenario, run, kid } = family();
    kid.fail('a1', 'no');
    const post = scenario.holdMessages();
    kid.retry();
    kid.send({ type: 'Quarantine', reason: 'a defect' });
    run.retry(true);
    post.release();
    expect(run.task('s1').status).toBe('IN_PROGRESS');
    kid.terminate('hopeless');
    expect([run.status, run.task('s1').status]).toEqual(['TERMINATED', 'CANCELED']);
  });

  it('but never came to be, is no reason to wait: its task has failed by itself', () => {
    const parent = workflow('w', [
      fork('f', [[sub('s1', { name: 'leaf' })], [sub('s2', { name: 'nosuch', version: 1 })]]),
      join('j1', ['s1', 's2']),
    ]);
    const scenario = new Scenario({ tasks, workflows: [leaf, parent] });
    const run = scenario.start('w');
    expect([run.status, run.child('s1').status]).toEqual(['FAILED', 'TERMINATED']);
    run.child('s1').retry();
    expect([run.status, run.seen.endings, run.child('s1').status]).toEqual(['FAILED', 2, 'TERMINATED']);
    run.retry();
    expect(run.summary.filter((task) => task.startsWith('s2'))).toEqual(['s2:FAILED', 's2:FAILED']);
  });

  it('but that nobody knows, is refused; its id is spent', () => {
    const decider = workflowDecider(taskKinds);
    const scenario = new Scenario({ decider });
    const parent: ParentLink = { workflowId: workflowId('p'), taskId: taskId('p~0.1.1'), request: 2 };
    const nothing = { index: 7, startIndex: 7, version: 1, at: 1, aggregate: workflowId('k') };
    const pinned = { has: () => false, body: () => undefined };
    const context = {
      ...nothing,
      definitions: scenario.definitions,
      pinned,
      limits: { eventsPerDecision: 9, bytesPerDecision: 9 },
    };
    for (const command of [
      { type: 'RetryWorkflow', resumeSubworkflowTasks: true, parent },
      { type: 'ReportEnd', parent },
    ] satisfies WorkflowCommand[]) {
      expect(decider.decide(decider.initial, command, context)).toMatchObject({
        rejection: { code: 'WORKFLOW_NOT_FOUND' },
      });
      const decision = decider.decideUnknown?.(command, context);
      if (decision?.kind !== 'accepted') throw new Error('it was not accepted');
      const [event] = decision.events;
      if (event === undefined) throw new Error('nothing happened');
      expect(decider.react(decision.state, event, { ...nothing, pinned })).toMatchObject([
        {
          to: 'p',
          command: { type: 'ChildEnded', status: 'FAILED', reason: 'No such workflow found by id: k', request: 2 },
        },
      ]);
      expect(decider.isClosed(decision.state)).toBe(true);
    }
    expect(decider.decideUnknown?.({ type: 'RetryWorkflow', resumeSubworkflowTasks: true }, context).kind).toBe(
      'rejected',
    );
  });
});

describe('a workflow that a TERMINATE has ended', () => {
  const ending = (status: string) =>
    task('TERMINATE', 't1', { inputParameters: { terminationStatus: status, terminationReason: 'early' } });
  const scenarioOf = (status: string) => {
    const branches = [[sub('s1', { name: 'leaf' })], [simple('c1'), ending(status)]];
    const parent = workflow('w', [fork('f', branches), join('j1', ['s1', 't1']), simple('b1')]);
    return new Scenario({ tasks, workflows: [leaf, parent] });
  };

  it.each(['FAILED', 'TERMINATED'])('as %s ends so again when it is retried', (status) => {
    const run = scenarioOf(status).start('w').complete('c1');
    expect([run.status, run.seen.reason, run.task('s1').status]).toEqual([status, 'early', 'CANCELED']);
    expect(run.retry().kind).toBe('accepted');
    expect([run.status, run.seen.reason, run.seen.endings]).toEqual([status, 'early', 2]);
    expect(run.child('s1').status).toBe('TERMINATED');
    expect(run.summary).not.toContain('b1:SCHEDULED');
  });

  it('ends so again when its child lives again, which is stopped', () => {
    const run = scenarioOf('COMPLETED').start('w').complete('c1');
    const kid = run.child('s1');
    kid.retry();
    expect([run.status, run.seen.endings, kid.status]).toEqual(['COMPLETED', 2, 'TERMINATED']);
  });

  it('ends so again when it is rerun from beside it, and only once it gets there when from before it, or from the start', () => {
    const beside = scenarioOf('FAILED').start('w').complete('c1');
    beside.rerun('s1');
    expect([beside.status, beside.seen.endings]).toEqual(['FAILED', 2]);
    for (const again of [(run: Handle) => run.rerun('c1'), (run: Handle) => run.restart()]) {
      const run = scenarioOf('FAILED').start('w').complete('c1');
      again(run);
      expect([run.status, run.task('c1').status]).toEqual(['RUNNING', 'SCHEDULED']);
      expect([run.complete('c1').status, run.seen.reason]).toEqual(['FAILED', 'early']);
    }
  });
});
