export { startSystemWorker, type RunningSystemWorker, type SystemWorkerOptions } from './start-system-worker.ts';
