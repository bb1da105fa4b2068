import type { TaskView } from '@partitura/model';
import type { Queries } from '@partitura/postgres';
import type { PinnedDefinitions } from '../definition/pinned-definitions.ts';
import { taskView, type TaskRow } from './task-view.ts';

export { taskFields } from './task-view.ts';

/** Attempts beside the newest run under their workflow id. */
export const joinedRun = "LEFT JOIN read_model.workflow AS w ON w.workflow_id = split_part(t.task_id, '~', 1)";
export const taskWithRun = `read_model.task AS t ${joinedRun}`;

export const runFields = 'w.name, w.definition_hash, w.correlation_id, w.priority';

export interface TaskOfRunRow extends TaskRow {
  readonly name: string | null;
  readonly definition_hash: string | null;
  readonly correlation_id: string | null;
  readonly priority: number | null;
}

export async function taskOfRunViews(
  queries: Queries,
  definitions: PinnedDefinitions,
  rows: readonly TaskOfRunRow[],
): Promise<readonly TaskView[]> {
  const pinned = await definitions.load(
    queries,
    rows.map((row) => row.definition_hash ?? ''),
  );
  return rows.map((row) => {
    const run = {
      name: row.name ?? '',
      priority: row.priority ?? 0,
      ...(row.correlation_id === null ? {} : { correlationId: row.correlation_id }),
    };
    return taskView(row, run, pinned(row.definition_hash ?? ''));
  });
}
