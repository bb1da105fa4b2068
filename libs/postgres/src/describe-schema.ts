import type { Queries } from './database.ts';

interface Line {
  readonly line: string;
}

/**
 * The schema as Postgres understood it: tables with columns, constraints and indexes, one statement-like line each, in
 * a fixed order. For comparing with the committed dump.
 */
export async function describeSchema(queries: Queries): Promise<string> {
  const rows = await queries.rows<Line>(dump);
  return `${rows.map(({ line }) => line).join('\n')}\n`;
}

const dump = `
WITH tables AS (
  SELECT c.oid, n.nspname || '.' || c.relname AS name, c.reloptions
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname IN ('read_model', 'archive')
), lines AS (
  SELECT name, 0 AS part, 0 AS position,
    'TABLE ' || name || coalesce(' WITH (' || array_to_string(reloptions, ', ') || ')', '') AS line FROM tables
  UNION ALL
  SELECT t.name, 1, a.attnum,
    '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || CASE WHEN a.attcollation <> y.typcollation THEN ' COLLATE ' || quote_ident(l.collname) ELSE '' END
    || CASE WHEN a.attstorage <> y.typstorage THEN ' STORAGE ' || a.attstorage::text ELSE '' END
    || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
    || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
  FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type y ON y.oid = a.atttypid
  LEFT JOIN pg_collation l ON l.oid = a.attcollation
  LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
  UNION ALL
  SELECT t.name, 2, row_number() OVER (PARTITION BY t.oid ORDER BY x.conname)::integer,
    '  CONSTRAINT ' || x.conname || ' ' || pg_get_constraintdef(x.oid)
  FROM tables t JOIN pg_constraint x ON x.conrelid = t.oid AND x.contype IN ('p', 'u', 'c', 'f')
  UNION ALL
  SELECT t.name, 3, row_number() OVER (PARTITION BY t.oid ORDER BY i.relname)::integer, '  ' || pg_get_indexdef(i.oid)
  FROM tables t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
)
SELECT line FROM lines ORDER BY name COLLATE "C", part, position`;
