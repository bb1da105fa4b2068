export { createWorker, type Worker, type WorkerOptions } from './worker.ts';
export { type TaskContext, type TaskHandler, type TaskHandlers, type TaskInputs } from './task-handler.ts';
export { NotYet, TerminalError, type TaskOutcome } from './task-outcome.ts';
export { type Attempt } from './attempt.ts';
export { consumeQueue, type QueueConsumer, type QueueConsumerOptions } from './queue-consumer.ts';
export { noReports, TaskReports, type Reports } from './task-reports.ts';
