export { openKafkaLog } from './kafka-log.ts';
export type { KafkaLogOptions, Notify } from './options.ts';
