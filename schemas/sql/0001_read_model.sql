-- What readers see. Everything here is derived from the journal and may be dropped and rebuilt.
--
-- Ids are compared byte by byte (COLLATE "C"): cheaper than a language's order, and a prefix is a range.
-- Times are epoch milliseconds, 0 = not yet. User data is JSON text in UTF-8, stored as it came (bytea): jsonb would
-- change numbers and refuse U+0000. NULL stands for {}.

CREATE SCHEMA read_model;

-- One row per workflow id: its newest run.
CREATE TABLE read_model.workflow (
  workflow_id text COLLATE "C" PRIMARY KEY,
  -- Index of the entry that started this run; names the history together with the id.
  start_index bigint NOT NULL,
  -- Journal position of the last entry that changed this row.
  partition integer NOT NULL,
  journal_offset bigint NOT NULL,
  name text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  -- archive.definition
  definition_hash text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL,
  create_time bigint NOT NULL,
  update_time bigint NOT NULL,
  end_time bigint NOT NULL,
  last_retried_time bigint NOT NULL,
  input bytea,
  output bytea,
  variables bytea,
  correlation_id text COLLATE "C",
  priority integer NOT NULL,
  -- JSON object: task type -> domain.
  task_to_domain text COLLATE "C",
  parent_workflow_id text COLLATE "C",
  parent_task_id text COLLATE "C",
  reason text,
  failed_task_id text COLLATE "C",
  -- JSON arrays of text.
  failed_reference_names text,
  failed_task_names text,
  event text,
  created_by text,
  idempotency_key text COLLATE "C",
  external_input_path text,
  quarantined_because text
) WITH (fillfactor = 85);

CREATE INDEX workflow_by_time ON read_model.workflow (create_time);
CREATE INDEX workflow_by_name ON read_model.workflow (name, create_time);
-- Most workflows complete; the others are those that people look for.
CREATE INDEX workflow_by_status ON read_model.workflow (status, name, create_time) WHERE status <> 'COMPLETED';
-- Hash indexes take values of any length.
CREATE INDEX workflow_by_correlation ON read_model.workflow USING hash (correlation_id) WHERE correlation_id IS NOT NULL;
CREATE INDEX workflow_by_parent ON read_model.workflow USING hash (parent_workflow_id) WHERE parent_workflow_id IS NOT NULL;

-- One row per task attempt. The id begins with `<workflow id>~<start index>.`, so the primary key also finds all
-- attempts of a run. No column that a later event changes is indexed, so changing a row touches no index.
CREATE TABLE read_model.task (
  task_id text COLLATE "C" PRIMARY KEY,
  partition integer NOT NULL,
  journal_offset bigint NOT NULL,
  reference_name text COLLATE "C" NOT NULL,
  task_type text COLLATE "C" NOT NULL,
  task_def_name text COLLATE "C" NOT NULL,
  -- Number of the task in the pinned definition; -1: see workflow_task.
  node integer NOT NULL,
  seq integer NOT NULL,
  attempt integer NOT NULL,
  iteration integer NOT NULL,
  status text COLLATE "C" NOT NULL,
  retried boolean NOT NULL,
  poll_count integer NOT NULL,
  scheduled_time bigint NOT NULL,
  start_time bigint NOT NULL,
  end_time bigint NOT NULL,
  update_time bigint NOT NULL,
  start_delay_seconds integer NOT NULL,
  callback_after_seconds bigint NOT NULL,
  response_timeout_seconds bigint NOT NULL,
  input bytea,
  output bytea,
  retried_task_id text COLLATE "C",
  reason text,
  worker_id text,
  domain text COLLATE "C",
  sub_workflow_id text COLLATE "C",
  workflow_task bytea
) WITH (fillfactor = 85);

-- Searches begin with the newest.
CREATE INDEX task_by_time ON read_model.task (scheduled_time);

CREATE TABLE read_model.task_log (
  task_id text COLLATE "C" NOT NULL,
  -- Where the entry stands in the journal, and which of its lines this is.
  partition integer NOT NULL,
  journal_offset bigint NOT NULL,
  line integer NOT NULL,
  -- As the worker saw it.
  created_time bigint NOT NULL,
  message text NOT NULL,
  PRIMARY KEY (task_id, journal_offset, line)
);

-- How far each partition of the journal is applied. Changed only together with the rows above, and only from the
-- position that the writer expects: so two projectors cannot both apply an entry.
CREATE TABLE read_model.projection_position (
  partition integer PRIMARY KEY,
  -- Everything below this offset is applied.
  position bigint NOT NULL,
  -- State of the admission rule there.
  epoch bigint NOT NULL,
  token text NOT NULL,
  next_index bigint NOT NULL,
  -- Append time of the record before the position; 0: none. Shows a log that was cut and has grown again.
  last_append_time bigint NOT NULL
) WITH (fillfactor = 50);
