export { startSystemWorker, type RunningSystemWorker, type SystemWorkerOptions } from './start-system-worker.ts';
export type { KafkaClusters } from './kafka-port.ts';
