-- The schema after all migrations, as Postgres reports it. Written by migrate.int.spec.ts (UPDATE_DUMP=1).
TABLE archive.archive_position WITH (fillfactor=50)
  partition integer NOT NULL
  position bigint NOT NULL
  epoch bigint NOT NULL
  token text NOT NULL
  next_index bigint NOT NULL
  last_append_time bigint NOT NULL
  CONSTRAINT archive_position_pkey PRIMARY KEY (partition)
  CREATE UNIQUE INDEX archive_position_pkey ON archive.archive_position USING btree (partition)
TABLE archive.definition
  hash text COLLATE "C" NOT NULL
  body bytea NOT NULL
  CONSTRAINT definition_pkey PRIMARY KEY (hash)
  CREATE UNIQUE INDEX definition_pkey ON archive.definition USING btree (hash)
TABLE archive.history WITH (toast_tuple_target=8160)
  workflow_id text COLLATE "C" NOT NULL
  first_index bigint NOT NULL
  last_index bigint NOT NULL
  partition integer NOT NULL
  starts boolean NOT NULL
  entries bytea STORAGE e NOT NULL
  CONSTRAINT history_pkey PRIMARY KEY (workflow_id, first_index)
  CREATE UNIQUE INDEX history_pkey ON archive.history USING btree (workflow_id, first_index)
TABLE read_model.projection_position WITH (fillfactor=50)
  partition integer NOT NULL
  position bigint NOT NULL
  epoch bigint NOT NULL
  token text NOT NULL
  next_index bigint NOT NULL
  last_append_time bigint NOT NULL
  CONSTRAINT projection_position_pkey PRIMARY KEY (partition)
  CREATE UNIQUE INDEX projection_position_pkey ON read_model.projection_position USING btree (partition)
TABLE read_model.task WITH (fillfactor=85)
  task_id text COLLATE "C" NOT NULL
  partition integer NOT NULL
  journal_offset bigint NOT NULL
  reference_name text COLLATE "C" NOT NULL
  task_type text COLLATE "C" NOT NULL
  task_def_name text COLLATE "C" NOT NULL
  node integer NOT NULL
  seq integer NOT NULL
  attempt integer NOT NULL
  iteration integer NOT NULL
  status text COLLATE "C" NOT NULL
  retried boolean NOT NULL
  poll_count integer NOT NULL
  scheduled_time bigint NOT NULL
  start_time bigint NOT NULL
  end_time bigint NOT NULL
  update_time bigint NOT NULL
  start_delay_seconds integer NOT NULL
  callback_after_seconds bigint NOT NULL
  response_timeout_seconds bigint NOT NULL
  input bytea
  output bytea
  retried_task_id text COLLATE "C"
  reason text
  worker_id text
  domain text COLLATE "C"
  sub_workflow_id text COLLATE "C"
  workflow_task bytea
  CONSTRAINT task_pkey PRIMARY KEY (task_id)
  CREATE INDEX task_by_name ON read_model.task USING btree (task_def_name, scheduled_time)
  CREATE INDEX task_by_run_time ON read_model.task USING brin (start_time, end_time) WITH (pages_per_range='32', autosummarize='on')
  CREATE INDEX task_by_time ON read_model.task USING btree (scheduled_time)
  CREATE UNIQUE INDEX task_pkey ON read_model.task USING btree (task_id)
TABLE read_model.task_log
  task_id text COLLATE "C" NOT NULL
  partition integer NOT NULL
  journal_offset bigint NOT NULL
  line integer NOT NULL
  created_time bigint NOT NULL
  message text NOT NULL
  CONSTRAINT task_log_pkey PRIMARY KEY (task_id, journal_offset, line)
  CREATE UNIQUE INDEX task_log_pkey ON read_model.task_log USING btree (task_id, journal_offset, line)
TABLE read_model.workflow WITH (fillfactor=85)
  workflow_id text COLLATE "C" NOT NULL
  start_index bigint NOT NULL
  partition integer NOT NULL
  journal_offset bigint NOT NULL
  name text COLLATE "C" NOT NULL
  version integer NOT NULL
  definition_hash text COLLATE "C" NOT NULL
  status text COLLATE "C" NOT NULL
  create_time bigint NOT NULL
  update_time bigint NOT NULL
  end_time bigint NOT NULL
  last_retried_time bigint NOT NULL
  input bytea
  output bytea
  variables bytea
  correlation_id text COLLATE "C"
  priority integer NOT NULL
  task_to_domain text COLLATE "C"
  parent_workflow_id text COLLATE "C"
  parent_task_id text COLLATE "C"
  reason text
  failed_task_id text COLLATE "C"
  failed_reference_names text
  failed_task_names text
  event text
  created_by text
  idempotency_key text COLLATE "C"
  external_input_path text
  quarantined_because text
  CONSTRAINT workflow_pkey PRIMARY KEY (workflow_id)
  CREATE INDEX workflow_by_correlation ON read_model.workflow USING hash (correlation_id) WHERE (correlation_id IS NOT NULL)
  CREATE INDEX workflow_by_name ON read_model.workflow USING btree (name, create_time)
  CREATE INDEX workflow_by_parent ON read_model.workflow USING hash (parent_workflow_id) WHERE (parent_workflow_id IS NOT NULL)
  CREATE INDEX workflow_by_status ON read_model.workflow USING btree (status, name, create_time) WHERE (status <> 'COMPLETED'::text)
  CREATE INDEX workflow_by_time ON read_model.workflow USING btree (create_time)
  CREATE UNIQUE INDEX workflow_pkey ON read_model.workflow USING btree (workflow_id)
