import { statement, type Database } from '@partitura/postgres';
import { withinTime } from '../search/within-time.ts';

export interface RunningQuery {
  readonly name: string;
  /** Absent: any version. */
  readonly version?: number;
  /** Epoch ms, both inclusive: runs that were created in between, in whatever state. Absent: open runs. */
  readonly created?: { readonly from: number; readonly to: number };
}

export const runningMax = 10_000;

const selectOpen = statement(
  'workflow_open',
  `SELECT w.workflow_id FROM read_model.workflow AS w
   WHERE w.status IN ('RUNNING', 'PAUSED') AND w.name = $1 AND ($2::integer IS NULL OR w.version = $2)
   ORDER BY w.create_time, w.workflow_id LIMIT ${runningMax}`,
);
const selectCreated = statement(
  'workflow_created_between',
  `SELECT w.workflow_id FROM read_model.workflow AS w
   WHERE w.name = $1 AND ($2::integer IS NULL OR w.version = $2) AND w.create_time BETWEEN $3::bigint AND $4::bigint
   ORDER BY w.create_time, w.workflow_id LIMIT ${runningMax}`,
);

/** Ids of runs, oldest first, at most {@link runningMax}. */
export function listRunning(database: Database, query: RunningQuery): Promise<readonly string[]> {
  const { name, version = null, created } = query;
  return withinTime(database, async (queries) => {
    const rows = await queries.rows<{ workflow_id: string }>(
      created === undefined ? selectOpen : selectCreated,
      created === undefined ? [name, version] : [name, version, created.from, created.to],
    );
    return rows.map((row) => row.workflow_id);
  });
}
