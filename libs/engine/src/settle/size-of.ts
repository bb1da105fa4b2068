import type { TaskReopened, TaskRerun, TaskScheduled, WorkflowEvent } from '@partitura/model';

const overhead = 200;

/** About how many bytes an event takes in its entry. */
export function sizeOf(event: WorkflowEvent): number {
  switch (event.type) {
    case 'WorkflowStarted':
      return overhead + event.input.size + (event.definition?.size ?? 0);
    case 'WorkflowEnded':
      return overhead + event.output.size + (event.failureWorkflow?.input.size ?? 0);
    case 'TaskScheduled':
      return (
        overhead +
        event.input.size +
        joinBytes(event) +
        (event.child?.input.size ?? 0) +
        (event.workflowTask?.size ?? 0)
      );
    case 'TaskReopened':
      return overhead + joinBytes(event) + (event.output?.size ?? 0);
    case 'TaskRerun':
      return overhead + joinBytes(event) + event.input.size + (event.child?.input.size ?? 0);
    case 'WorkflowRestarted':
      return overhead + (event.definition?.size ?? 0);
    case 'WorkflowRerun':
      return overhead + (event.input?.size ?? 0) + event.removed.length * 6;
    case 'TaskProgressed':
    case 'TaskEnded':
      return overhead + event.output.size;
    case 'VariablesSet':
      return overhead + event.values.size;
    default:
      return overhead;
  }
}

/** What a JOIN waits for. */
const joinBytes = ({ join }: Pick<TaskScheduled | TaskReopened | TaskRerun, 'join'>): number =>
  join === undefined ? 0 : join.on.reduce((sum, ref) => sum + ref.length + 1, 0);
