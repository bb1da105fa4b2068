export { openKafkaLog } from './kafka-log.ts';
export type { BrokerAddress, KafkaLogOptions, Notify, OnCarried } from './options.ts';
