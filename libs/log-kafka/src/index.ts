export { openKafkaLog } from './kafka-log.ts';
export type { BrokerAddress, KafkaLogOptions, Notify } from './options.ts';
