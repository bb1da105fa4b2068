import type { Queries } from '@partitura/postgres';

/** Removes all rows that come from one journal partition; its position and the archive stay. */
export async function clearPartition(queries: Queries, partition: number): Promise<void> {
  for (const table of ['workflow', 'task', 'task_log']) {
    await queries.run(`DELETE FROM read_model.${table} WHERE partition = $1`, [partition]);
  }
}
