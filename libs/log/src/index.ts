export type * from './port.ts';
export { sleep, type Clock } from './clock.ts';
export { DoneRanges } from './done-ranges.ts';
export { Outbox, type OutboxOptions } from './outbox.ts';
