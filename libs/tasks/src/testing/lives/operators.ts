import { Payload, tasksInOrder, type WorkflowDef, type WorkflowTask } from '@partitura/model';
import type { Handle, Scenario } from '../scenario.ts';
import type { Operated } from './happenings.ts';

/** What operators do to a run, with whatever the number chooses. */
export function operate(scenario: Scenario, run: Handle, what: Operated, which: number): void {
  const rarely = which % 3 === 0;
  switch (what) {
    case 'pause':
      run.pause();
      return;
    case 'resume':
      run.resume();
      return;
    case 'terminate':
      if (rarely)
        run.send({
          type: 'TerminateWorkflow',
          reason: 'enough',
          byParent: false,
          triggerFailureWorkflow: which % 2 === 0,
        });
      return;
    case 'retry':
      run.retry(rarely);
      return;
    case 'restart':
      run.restart(rarely);
      return;
    case 'start again':
      startAgain(run, which);
      return;
    case 'rerun':
      if (rarely) run.rerun(undefined, which % 2 === 0 ? { workflowInput: { v: '1', xs: ['z'] } } : {});
      return;
    case 'rerun from':
      rerunFrom(run, which);
      return;
    case 'skip':
      run.skip(nameIn(scenario, run, which) + (which % 4 === 0 ? '__1' : ''), { skipped: which });
      return;
    case 'jump':
      run.jump(nameIn(scenario, run, which), rarely ? { jumped: which } : undefined);
      return;
    case 'set variables':
      run.setVariables({ k0: which });
      return;
    case 'reset callbacks':
      run.resetCallbacks();
      return;
    case 'remove':
      if (which % 5 === 0) run.send({ type: 'RemoveWorkflow', onlyEnded: which % 2 === 0 });
      return;
    case 'quarantine':
      if (which % 5 === 0) run.send({ type: 'Quarantine', reason: 'a defect' });
  }
}

/** Somebody starts it once more, under a key: that changes nothing, whatever the strategy. */
function startAgain(run: Handle, which: number): void {
  const idempotencyStrategy = ['FAIL_ON_RUNNING', 'FAIL', 'RETURN_EXISTING'][which % 3] ?? '';
  run.send({
    type: 'StartWorkflow',
    name: run.seen.started?.name ?? '',
    input: Payload.of({ v: '0' }),
    priority: 0,
    taskToDomain: {},
    idempotencyKey: 'key',
    idempotencyStrategy,
    replyWhenEnded: which % 2 === 0,
  });
}

function rerunFrom(run: Handle, which: number): void {
  const { tasks } = run.seen;
  const task = tasks[which % Math.max(1, tasks.length)];
  if (task === undefined) return;
  const taskInput = which % 4 === 0 ? { taskInput: Payload.of({ n: which }) } : {};
  run.send({ type: 'RerunWorkflow', fromTaskId: task.taskId, ...taskInput });
}

/** Most often a task that was not reached yet. */
function nameIn(scenario: Scenario, run: Handle, which: number): string {
  const all = tasksOf(scenario, run).map(({ taskReferenceName }) => taskReferenceName);
  const ahead = all.filter((name) => !run.seen.has(name));
  const names = which % 8 === 0 || ahead.length === 0 ? all : ahead;
  return names[which % Math.max(1, names.length)] ?? 'nosuch';
}

/** All tasks of the definition that a run was started with, if that is registered. */
export function tasksOf(scenario: Scenario, run: Handle): readonly WorkflowTask[] {
  const { started } = run.seen;
  if (started === undefined) return [];
  const definition = scenario.definitions.workflow(started.name, started.version);
  return definition === undefined ? [] : tasksInOrder(definition.value as unknown as WorkflowDef);
}
