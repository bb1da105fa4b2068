export {
  projectorDefaults,
  startProjector,
  type ProjectorOptions,
  type ProjectorSettings,
  type RunningProjector,
} from './start-projector.ts';
export { rebuildReadModel, type RebuildOptions, type Rebuilt } from './rebuild.ts';
export type { Alarm, AlarmCode } from './journal-source.ts';
