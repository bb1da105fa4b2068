-- Searches for tasks of one definition begin with the newest, among millions of others. Both columns never change, so
-- changing a row still touches no index.
CREATE INDEX task_by_name ON read_model.task (task_def_name, scheduled_time);
