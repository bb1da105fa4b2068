-- The history of workflows, kept for as long as a policy says, whatever happens to the journal. Not rebuildable once
-- the journal is trimmed: back it up. A rebuild of the read model leaves it alone, and may read from it.

CREATE SCHEMA archive;

-- Consecutive entries of one workflow. A run's history is its chunks from the one at (workflow id, index of the start)
-- up to the next chunk that starts a run.
CREATE TABLE archive.history (
  workflow_id text COLLATE "C" NOT NULL,
  -- Journal indexes of the first and last entry in here.
  first_index bigint NOT NULL,
  last_index bigint NOT NULL,
  partition integer NOT NULL,
  -- Whether the first entry starts a run.
  starts boolean NOT NULL,
  -- Per entry: journal offset (8 bytes), size (4 bytes), the record as it stands in the journal. Big-endian.
  entries bytea NOT NULL,
  PRIMARY KEY (workflow_id, first_index)
) WITH (toast_tuple_target = 8160);

-- Not compressed: most chunks fit a page, and compressing them would cost as much as everything else done with them.
ALTER TABLE archive.history ALTER COLUMN entries SET STORAGE EXTERNAL;

-- Definitions that runs are pinned to, by the hash of their JSON text.
CREATE TABLE archive.definition (
  hash text COLLATE "C" PRIMARY KEY,
  body bytea NOT NULL
);

-- As read_model.projection_position, for the tables of this schema.
CREATE TABLE archive.archive_position (
  partition integer PRIMARY KEY,
  position bigint NOT NULL,
  epoch bigint NOT NULL,
  token text NOT NULL,
  next_index bigint NOT NULL,
  last_append_time bigint NOT NULL
) WITH (fillfactor = 50);
