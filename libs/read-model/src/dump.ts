import type { Queries } from '@partitura/postgres';

const tables = [
  ['workflow', 'workflow_id'],
  ['task', 'task_id'],
  ['task_log', 'task_id, journal_offset, line'],
  ['projection_position', 'partition'],
] as const;

/**
 * Every row of the read model as one line of text, in a fixed order: two read models are the same when their dumps
 * are. For tests and for comparing a rebuilt read model with the one in use.
 */
export async function dumpReadModel(queries: Queries): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const [table, key] of tables) {
    const rows = await queries.rows<{ line: string }>(
      `SELECT '${table} ' || to_jsonb(r)::text AS line FROM read_model.${table} AS r ORDER BY ${key}`,
    );
    for (const { line } of rows) lines.push(line);
  }
  return lines;
}
