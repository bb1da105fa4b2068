import { get, post, type Operation } from './operation.ts';

/** For whoever looks after an installation. */
export const adminOperations = {
  createToken: post('/api/token', 'admin', 'A token for a key; 404 where nobody has to log in', {
    body: 'TokenRequest',
    answer: 'Token',
  }),
  getConfiguration: get('/api/admin/config', 'admin', 'Version and settings of this server, without secrets', {
    answer: 'object',
  }),
  listOpenTasks: get('/api/admin/task/{tasktype}', 'admin', 'Tasks of a type that have not ended', {
    query: { start: 'integer', count: 'integer' },
    answer: 'Task[]',
  }),
  requeueSweep: post('/api/admin/sweep/requeue/{workflowId}', 'admin', 'Does nothing: no run needs a sweeper', {
    answer: 'text',
  }),
  verifyRun: post(
    '/api/admin/consistency/verifyAndRepair/{workflowId}',
    'admin',
    'Whether what is shown of a run is what its history says; `false`: nothing had to be repaired',
    { answer: 'text' },
  ),
  listEventQueues: get('/api/admin/queues', 'admin', 'Event queues that are listened to', {
    query: { verbose: 'boolean' },
    answer: 'object',
  }),
  getEventQueueSizes: get('/api/queue/size', 'admin', 'Sizes of the event queues that end WAIT tasks', {
    answer: 'object',
  }),
  listWaitQueues: get('/api/queue/', 'admin', 'Event queues that end WAIT tasks, by status', { answer: 'object' }),
  updateByQueue: post(
    '/api/queue/update/{workflowId}/{taskRefName}/{status}',
    'admin',
    'End a WAIT task over the event queue of a status',
    { body: 'object' },
  ),
  updateByQueueAndTask: post(
    '/api/queue/update/{workflowId}/task/{taskId}/{status}',
    'admin',
    'End a WAIT task over the event queue of a status',
    { body: 'object' },
  ),
  listEnvironment: get('/api/environment', 'admin', 'Environment variables that definitions may read', {
    answer: 'EnvironmentVariable[]',
  }),
  getEnvironment: get('/api/environment/{key}', 'admin', 'An environment variable that definitions may read', {
    answer: 'maybeText',
  }),
  listSecrets: get('/api/secrets', 'admin', 'Names of secrets', { answer: 'string[]' }),
} as const satisfies Readonly<Record<string, Operation>>;
