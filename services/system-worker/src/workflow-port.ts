import type { CommandBus } from '@partitura/command-bus';
import { TaskTemplates, workflowText } from '@partitura/conductor-api';
import type { Log } from '@partitura/log';
import {
  commandId,
  Fault,
  isUserWorkflowId,
  type JsonObject,
  type Outcome,
  type WorkflowCommand,
  type WorkflowId,
} from '@partitura/model';
import type { ReadModel, ReadPositions } from '@partitura/read-model';
import type { WorkflowPort } from '@partitura/tasks/executors';
import { partitionOf, topicNames } from '@partitura/wire';

export interface WorkflowPortOptions {
  readonly bus: CommandBus;
  readonly readModel: ReadModel;
  readonly positions: ReadPositions;
  readonly log: Log;
  readonly namespace: string;
  readonly partitions: number;
}

const answerMs = 10_000;
const attempts = 6;
const freshMs = 2_000;

/** Workflows as executors reach them: commands by the bus, executions from the read model. */
export function workflowPort(options: WorkflowPortOptions): WorkflowPort {
  const { bus, readModel, positions, log, namespace, partitions } = options;
  const templates = new TaskTemplates();
  const { journal } = topicNames(namespace);

  /** Waits, at most a while, until the read model holds all that the run's partition has recorded by now. */
  const reached = async (id: string): Promise<void> => {
    const partition = partitionOf(id, partitions);
    const { end } = await log.offsets(journal, partition);
    await positions.waitFor(partition, end, freshMs);
  };

  return {
    async command(id, to, command) {
      const { outcome } = await callUntilAnswered(bus, id, to, command);
      return outcome.kind === 'duplicate' && outcome.first !== undefined ? outcome.first : outcome;
    },
    async execution(id, includeTasks) {
      if (!isUserWorkflowId(id)) return undefined;
      await reached(id);
      const run = await readModel.workflow(id, { includeTasks });
      if (run === undefined) return undefined;
      return JSON.parse(workflowText(run, { now: run.updateTime, templates })) as JsonObject;
    },
    async tasks(id) {
      if (!isUserWorkflowId(id)) return undefined;
      await reached(id);
      return (await readModel.workflow(id, { includeTasks: true }))?.tasks;
    },
    async task(id) {
      await reached(id.slice(0, Math.max(0, id.lastIndexOf('~'))));
      return readModel.task(id);
    },
  };
}

/** The same command again until somebody answers: a repeat changes nothing. */
async function callUntilAnswered(
  bus: CommandBus,
  id: string,
  aggregate: WorkflowId,
  body: WorkflowCommand,
): Promise<{ readonly outcome: Outcome }> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await bus.call({ commandId: commandId(id), aggregate, body }, answerMs);
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'NO_ANSWER' || attempt === attempts) throw error;
    }
  }
}
