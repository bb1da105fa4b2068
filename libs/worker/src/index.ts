export { createWorker, type TaskContext, type TaskHandler, type Worker, type WorkerOptions } from './worker.ts';
export { consumeQueue, type Attempt, type QueueConsumer, type QueueConsumerOptions } from './queue-consumer.ts';
export { NotYet, TerminalError, type TaskOutcome } from './task-outcome.ts';
export { noReports, TaskReports, type Reports } from './task-reports.ts';
