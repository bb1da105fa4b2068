export { startDecider, type DeciderOptions, type RunningDecider } from './start-decider.ts';
