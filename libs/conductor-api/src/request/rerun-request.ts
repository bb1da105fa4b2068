import { taskId, type RerunWorkflow, type SkipTask } from '@partitura/model';
import { Body, type Members } from './body.ts';

/** `RerunWorkflowRequest` → the command. The run is the one that the path names, whatever the body says. */
export function readRerunRequest(members: Members): RerunWorkflow {
  const body = new Body(members);
  const from = body.text('reRunFromTaskId');
  const correlationId = body.text('correlationId');
  const taskInput = body.object('taskInput');
  const workflowInput = body.object('workflowInput');
  return {
    type: 'RerunWorkflow',
    ...(from !== undefined && from !== '' && { fromTaskId: taskId(from) }),
    ...(taskInput && { taskInput }),
    ...(workflowInput && { workflowInput }),
    ...(correlationId !== undefined && { correlationId }),
  };
}

/** `SkipTaskRequest` → the command. */
export function readSkipRequest(referenceName: string, members: Members): SkipTask {
  const body = new Body(members);
  const input = body.object('taskInput');
  const output = body.object('taskOutput');
  return { type: 'SkipTask', referenceName, ...(input && { input }), ...(output && { output }) };
}
