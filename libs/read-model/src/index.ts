export { ReadModel } from './read-model.ts';
export { searchLimits } from './search/search-sql.ts';
export { countedMax } from './search/count-matches.ts';
export { tasksAtOnceMax } from './workflow/find-workflow.ts';
export { runningMax, type RunningQuery } from './workflow/list-running.ts';
export { correlatedMax, type CorrelatedQuery } from './workflow/find-correlated.ts';
export { taskPageMax, type TaskPage } from './task/list-tasks.ts';
export { taskLogsMax } from './task-log/find-task-logs.ts';
export { archivedEntries, readRun, type ArchivedHistory } from './archive/read-history.ts';
export type { ArchivedEntry } from './archive/history-chunk.ts';
export { dumpReadModel } from './dump.ts';

export { FoldedRuns } from './projection/folded-runs.ts';
export { PartitionChanges } from './projection/partition-changes.ts';
export { clearPartition } from './projection/clear-partition.ts';
export { Superseded, writeChanges, writeRows, type ChangeStep } from './projection/write-changes.ts';
export {
  archivePosition,
  lockPosition,
  openPosition,
  readOffsets,
  setPosition,
  startPosition,
  type ProjectionPosition,
} from './position/positions.ts';
export {
  PositionBoard,
  tellApplied,
  type AppliedPositions,
  type ReadPositions,
  type Timers,
} from './position/read-positions.ts';
