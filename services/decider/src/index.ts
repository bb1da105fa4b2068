export { createDomain, startDecider, type DeciderOptions, type RunningDecider } from './start-decider.ts';
export { revivalTaskType } from './revival.ts';
