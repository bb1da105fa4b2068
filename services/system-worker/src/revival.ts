import { deciders, joinDeciders, readRevivalRequest } from '@partitura/aggregates';
import type { CommandBus } from '@partitura/command-bus';
import { journalDefaults, refold } from '@partitura/journal';
import { commandId, Payload, type Decided, type RevivalAnswer, type TaskRecord } from '@partitura/model';
import type { ArchivedEntry, ReadModel } from '@partitura/read-model';
import type { TaskKinds } from '@partitura/engine';
import { journalCodec } from '@partitura/wire';
import type { TaskOutcome } from '@partitura/worker';

/** Largest part of a snapshot in one command. */
const partBytes = 2 * 1024 * 1024;

/** Reads ended workflows back from the archive and hands their state to the partitions that asked. */
export function revivalFrom(
  readModel: ReadModel,
  bus: CommandBus,
  taskKinds: TaskKinds,
): (task: TaskRecord) => Promise<TaskOutcome> {
  const domain = joinDeciders(deciders(taskKinds));
  const done: TaskOutcome = { status: 'COMPLETED', output: Payload.empty };

  return async (task) => {
    const asked = readRevivalRequest(task.input);
    if (asked === undefined) throw new Error(`task ${task.taskId} asks for no workflow`);
    const { archivedThrough, run } = await readModel.history(asked.partition, asked.aggregate);
    const history = run === undefined ? [] : decisions(run.entries);
    const definitions = await readModel.pinned(pinsOf(history));
    const folded = refold(domain, journalDefaults, history, definitions);
    const body = folded?.body ?? new Uint8Array();
    const parts = Math.max(1, Math.ceil(body.length / partBytes));
    for (let part = 0; part < parts; part++) {
      const answer: RevivalAnswer = {
        type: 'RevivalAnswer',
        request: asked.request,
        part,
        parts,
        archivedThrough,
        ...(folded === undefined
          ? {}
          : { found: { startIndex: folded.startIndex, version: folded.version, stateVersion: folded.stateVersion } }),
        state: body.subarray(part * partBytes, (part + 1) * partBytes),
      };
      await bus.send({
        commandId: commandId(`${asked.aggregate}/revival/${asked.request}/${archivedThrough}/${part}`),
        aggregate: asked.aggregate,
        body: answer,
      });
    }
    return done;
  };
}

function decisions(entries: readonly ArchivedEntry[]): Decided[] {
  return entries.map(({ value }) => journalCodec.decode(value)).filter((record) => record.kind === 'decision');
}

function pinsOf(history: readonly Decided[]): string[] {
  return history.flatMap(({ events }) =>
    events.flatMap((event) => ('definitionHash' in event ? [event.definitionHash] : [])),
  );
}
