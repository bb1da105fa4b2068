import type { AdmissionState } from '@partitura/model';
import { bigintArray, integerArray, statement, textArray, type Queries } from '@partitura/postgres';

/** How far one journal partition is applied, and the state of the admission rule there. */
export interface ProjectionPosition {
  /** Everything below this offset is applied. */
  readonly offset: number;
  readonly admission: AdmissionState;
  /** Append time of the record before `offset`; 0: none. */
  readonly lastAppendTime: number;
}

/** From where to where one transaction takes a partition. */
export interface Step {
  readonly partition: number;
  readonly from: ProjectionPosition;
  readonly to: ProjectionPosition;
}

export const startPosition: ProjectionPosition = {
  offset: 0,
  admission: { epoch: -1, token: '', next: 0 },
  lastAppendTime: 0,
};

interface PositionRow {
  readonly partition: number;
  readonly position: number;
  readonly epoch: number;
  readonly token: string;
  readonly next_index: number;
  readonly last_append_time: number;
}

const columns = 'partition, position, epoch, token, next_index, last_append_time';

/** Position of one partition; made at the beginning of the journal when there is none. */
export async function openPosition(queries: Queries, partition: number): Promise<ProjectionPosition> {
  await queries.run(
    `INSERT INTO read_model.projection_position (${columns}) VALUES ($1, 0, -1, '', 0, 0) ON CONFLICT DO NOTHING`,
    [partition],
  );
  const row = await readOne(queries, 'read_model.projection_position', partition);
  return row ?? startPosition;
}

/** How far the archive of one partition goes; it may be ahead of a read model that is being rebuilt. */
export async function archivePosition(queries: Queries, partition: number): Promise<ProjectionPosition> {
  return (await readOne(queries, 'archive.archive_position', partition)) ?? startPosition;
}

async function readOne(queries: Queries, table: string, partition: number): Promise<ProjectionPosition | undefined> {
  const [row] = await queries.rows<PositionRow>(`SELECT ${columns} FROM ${table} WHERE partition = $1`, [partition]);
  return row === undefined ? undefined : positionOf(row);
}

function positionOf(row: PositionRow): ProjectionPosition {
  return {
    offset: row.position,
    admission: { epoch: row.epoch, token: row.token, next: row.next_index },
    lastAppendTime: row.last_append_time,
  };
}

/** Next offset to apply, by partition. */
export async function readOffsets(queries: Queries): Promise<ReadonlyMap<number, number>> {
  const rows = await queries.rows<Pick<PositionRow, 'partition' | 'position'>>(offsetsOfAll);
  return new Map(rows.map(({ partition, position }) => [partition, position]));
}

const offsetsOfAll = statement('position_all', 'SELECT partition, position FROM read_model.projection_position');

const advanceRows = statement(
  'position_advance',
  `UPDATE read_model.projection_position AS p SET
     position = s.position, epoch = s.epoch, token = s.token, next_index = s.next_index,
     last_append_time = s.last_append_time
   FROM unnest($1::integer[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
     AS s (partition, position, epoch, token, next_index, last_append_time, expected)
   WHERE p.partition = s.partition AND p.position = s.expected
   RETURNING p.partition`,
);

/**
 * Moves positions on, each only from where the writer expects it. Returns the partitions that somebody else moved:
 * the transaction must then be rolled back.
 */
export async function advancePositions(queries: Queries, steps: readonly Step[]): Promise<readonly number[]> {
  const expected = bigintArray(steps.map(({ from }) => from.offset));
  const moved = await queries.rows<{ partition: number }>(advanceRows, [...stepColumns(steps), expected]);
  if (moved.length === steps.length) return [];
  const done = new Set(moved.map(({ partition }) => partition));
  return steps.map(({ partition }) => partition).filter((partition) => !done.has(partition));
}

const advanceArchiveRows = statement(
  'archive_position_advance',
  `INSERT INTO archive.archive_position AS p (${columns})
   SELECT * FROM unnest($1::integer[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[])
   ON CONFLICT (partition) DO UPDATE SET
     position = excluded.position, epoch = excluded.epoch, token = excluded.token, next_index = excluded.next_index,
     last_append_time = excluded.last_append_time
   WHERE p.position < excluded.position`,
);

/** Moves the archive's positions on; those that are further already stay. */
export async function advanceArchive(queries: Queries, steps: readonly Step[]): Promise<void> {
  await queries.run(advanceArchiveRows, stepColumns(steps));
}

function stepColumns(steps: readonly Step[]): Uint8Array[] {
  return [
    integerArray(steps.map(({ partition }) => partition)),
    bigintArray(steps.map(({ to }) => to.offset)),
    bigintArray(steps.map(({ to }) => to.admission.epoch)),
    textArray(steps.map(({ to }) => to.admission.token)),
    bigintArray(steps.map(({ to }) => to.admission.next)),
    bigintArray(steps.map(({ to }) => to.lastAppendTime)),
  ];
}

/** Keeps others from moving the position until the transaction ends. */
export async function lockPosition(queries: Queries, partition: number): Promise<ProjectionPosition> {
  await openPosition(queries, partition);
  await queries.run('SELECT FROM read_model.projection_position WHERE partition = $1 FOR UPDATE', [partition]);
  return openPosition(queries, partition);
}

/** Sets the position whatever it was, under {@link lockPosition}. */
export async function setPosition(queries: Queries, partition: number, to: ProjectionPosition): Promise<void> {
  await queries.run(
    `UPDATE read_model.projection_position SET position = $2, epoch = $3, token = $4, next_index = $5,
       last_append_time = $6 WHERE partition = $1`,
    [partition, to.offset, to.admission.epoch, to.admission.token, to.admission.next, to.lastAppendTime],
  );
}
