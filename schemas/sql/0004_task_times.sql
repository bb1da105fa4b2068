-- Tasks of a time range, by when they began or ended. Unlike all others, these columns change: a BRIN index does not keep
-- such a change from being a cheap one (Postgres 16 and later), and rows stand nearly in the order of their times.
CREATE INDEX task_by_run_time ON read_model.task USING brin (start_time, end_time)
  WITH (pages_per_range = 32, autosummarize = on);
