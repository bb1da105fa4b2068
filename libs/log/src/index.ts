export type * from './port.ts';
export { sleep, type Clock } from './clock.ts';
