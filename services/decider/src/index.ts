export { createJournalCodec } from './journal-codec.ts';
export { startDecider, type DeciderOptions, type RunningDecider } from './start-decider.ts';
