import type { CommandBus, Order } from '@partitura/command-bus';
import { commandId } from '@partitura/model';
import type { StartedReport, StartedReports } from './started-reports.ts';

/** Tells the deciders over the command bus. The same report always has the same id, whoever repeats it. */
export function reportsOver(bus: CommandBus, askMs: number): StartedReports {
  return {
    report: (started) => bus.send(orderOf(started)).then(() => 'reported' as const),
    async ask(started) {
      const { outcome } = await bus.call(orderOf(started), askMs);
      return outcome.kind === 'accepted' || (outcome.kind === 'duplicate' && outcome.first?.kind !== 'rejected');
    },
  };
}

function orderOf({ workflowId, taskId, dispatch, workerId, principal }: StartedReport): Order {
  return {
    commandId: commandId(`${taskId}/${dispatch}/started`),
    aggregate: workflowId,
    ...(principal !== undefined && { principal }),
    body: { type: 'TaskStarted', taskId, dispatch, ...(workerId !== undefined && { workerId }) },
  };
}
