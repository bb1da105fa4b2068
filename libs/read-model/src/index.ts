export { PartitionChanges } from './projection/partition-changes.ts';
export { Superseded, writeChanges, type ChangeStep } from './projection/write-changes.ts';
export {
  archivePosition,
  openPosition,
  readOffsets,
  startPosition,
  type ProjectionPosition,
} from './position/positions.ts';
