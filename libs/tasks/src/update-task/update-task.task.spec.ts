import { describe, expect, it } from '@jest/globals';
import { Payload, type JsonObject, type TaskRecord, type TaskView, type WorkflowCommand } from '@partitura/model';
import { updateTaskExecutor } from './update-task.executor.ts';
import { updateTaskTask } from './update-task.task.ts';

const task = (taskId: string, referenceName: string, status: TaskView['status']): TaskView =>
  ({ taskId, workflowId: 'w1', referenceName, status, output: Payload.of({ before: 1 }) }) as unknown as TaskView;
const tasks = [
  task('w1~1.1.1', 'a1', 'COMPLETED'),
  task('w1~1.1.2', 'a1', 'IN_PROGRESS'),
  task('w1~1.1.3', 'b1__1', 'COMPLETED'),
  task('w1~1.1.4', 'b1__2', 'SCHEDULED'),
];

const update = async (input: JsonObject) => {
  const sent: { readonly to: string; readonly command: WorkflowCommand }[] = [];
  const executor = updateTaskExecutor({
    workflows: {
      command: (_, to, command) => Promise.resolve((sent.push({ to, command }), { kind: 'accepted' as const })),
      execution: () => Promise.resolve(undefined),
      tasks: (id) => Promise.resolve(id === 'w1' ? tasks : undefined),
      task: (id) => Promise.resolve(tasks.find(({ taskId }) => taskId === id)),
    },
  });
  const record = { taskId: 'w0~1.1.1', input: Payload.of(input) } as TaskRecord;
  return { sent, outcome: await executor.execute(record, new AbortController().signal) };
};

describe('an UPDATE_TASK task', () => {
  it.each([
    [{ taskId: 'w1~1.1.2' }, 'w1~1.1.2'],
    [{ workflowId: 'w1', taskRefName: 'a1' }, 'w1~1.1.2'],
    [{ workflowId: 'w1', taskRefName: 'b1' }, 'w1~1.1.4'],
  ])('reports about %j', async (target, taskId) => {
    const { sent, outcome } = await update({ ...target, taskStatus: 'COMPLETED', taskOutput: { x: 1 } });
    expect(sent).toEqual([{ to: 'w1', command: expect.objectContaining({ type: 'TaskResult', taskId }) as never }]);
    expect(outcome).toEqual({ status: 'COMPLETED', output: { workflowId: 'w1', taskId, taskStatus: 'COMPLETED' } });
  });

  it('replaces the output, or merges it when asked to', async () => {
    const input = { taskId: 'w1~1.1.2', taskStatus: 'IN_PROGRESS', taskOutput: { x: 1 } };
    const outputOf = async (more: JsonObject) => {
      const [first] = (await update({ ...input, ...more })).sent;
      return first?.command.type === 'TaskResult' ? first.command.output.value : undefined;
    };
    expect(await outputOf({})).toEqual({ x: 1 });
    expect(await outputOf({ mergeOutput: true })).toEqual({ before: 1, x: 1 });
  });

  it.each([
    [{ taskId: 'w1~1.1.9', taskStatus: 'COMPLETED' }, 'No such task found by id: w1~1.1.9'],
    [{ workflowId: 'w1', taskRefName: 'zz', taskStatus: 'FAILED' }, 'No open task zz found in workflow w1'],
    [{ taskStatus: 'FAILED' }, 'UPDATE_TASK needs taskId, or workflowId and taskRefName, in its input'],
    [{ taskId: 'w1~1.1.2', taskStatus: 'DONE' }, expect.stringContaining('taskStatus must be one of')],
    [{ taskId: 'w1~1.1.2', taskStatus: 'FAILED', taskOutput: 1 }, 'taskOutput must be an object'],
  ])('fails with %j', async (input, reason) => {
    const { sent, outcome } = await update(input);
    expect([sent, outcome.status, outcome.reason]).toEqual([[], 'FAILED', reason]);
  });

  it('needs a target and a status', () => {
    expect(updateTaskTask.check?.({ name: 'u', inputParameters: { workflowId: 'w' } } as never)).toHaveLength(2);
  });
});
