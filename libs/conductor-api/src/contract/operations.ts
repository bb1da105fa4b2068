import { adminOperations } from './admin-operations.ts';
import { eventOperations } from './event-operations.ts';
import { controlOperations } from './control-operations.ts';
import { get, post, put, remove, type Operation } from './operation.ts';

const page = { start: 'integer', size: 'integer', sort: 'string', freeText: 'string', query: 'string' } as const;
const externalLocation = { path: 'string', operation: 'string', payloadType: 'string' } as const;
const correlated = { includeClosed: 'boolean', includeTasks: 'boolean' } as const;

/** Conductor's REST, as far as it is served: paths, parameters, models. Names are the operation ids. */
export const operations = {
  createWorkflowDef: post('/api/metadata/workflow', 'metadata', 'Register a workflow definition', {
    query: { overwrite: 'boolean' },
    body: 'WorkflowDef',
  }),
  updateWorkflowDefs: put('/api/metadata/workflow', 'metadata', 'Register or replace workflow definitions', {
    body: 'WorkflowDef[]',
    answer: 'BulkResponse',
  }),
  validateWorkflowDef: post(
    '/api/metadata/workflow/validate',
    'metadata',
    'Check a workflow definition, store nothing',
    {
      body: 'WorkflowDef',
    },
  ),
  getWorkflowDef: get(
    '/api/metadata/workflow/{name}',
    'metadata',
    'A workflow definition, the highest version by default',
    {
      query: { version: 'integer' },
      answer: 'WorkflowDef',
    },
  ),
  listWorkflowDefs: get('/api/metadata/workflow', 'metadata', 'All versions of all workflow definitions', {
    query: { classifier: 'string' },
    answer: 'WorkflowDef[]',
  }),
  listLatestWorkflowDefs: get(
    '/api/metadata/workflow/latest-versions',
    'metadata',
    'The highest version of each workflow definition',
    {
      answer: 'WorkflowDef[]',
    },
  ),
  listWorkflowNamesAndVersions: get(
    '/api/metadata/workflow/names-and-versions',
    'metadata',
    'Versions by workflow name',
    {
      answer: 'object',
    },
  ),
  listWorkflowNames: get('/api/metadata/workflow/names', 'metadata', 'Names of all workflow definitions', {
    answer: 'string[]',
  }),
  listWorkflowVersions: get('/api/metadata/workflow/{name}/versions', 'metadata', 'Versions of a workflow definition', {
    answer: 'WorkflowDefSummary[]',
  }),
  deleteWorkflowDef: remove(
    '/api/metadata/workflow/{name}/{version}',
    'metadata',
    'Remove a version of a workflow definition',
  ),
  registerTaskDefs: post('/api/metadata/taskdefs', 'metadata', 'Register or replace task definitions', {
    body: 'TaskDef[]',
  }),
  updateTaskDef: put('/api/metadata/taskdefs', 'metadata', 'Replace a task definition', { body: 'TaskDef' }),
  listTaskDefs: get('/api/metadata/taskdefs', 'metadata', 'All task definitions', { answer: 'TaskDef[]' }),
  getTaskDef: get('/api/metadata/taskdefs/{tasktype}', 'metadata', 'A task definition', { answer: 'TaskDef' }),
  deleteTaskDef: remove('/api/metadata/taskdefs/{tasktype}', 'metadata', 'Remove a task definition'),

  startWorkflow: post('/api/workflow', 'workflow', 'Start a workflow', {
    body: 'StartWorkflowRequest',
    answer: 'text',
  }),
  startWorkflowByName: post('/api/workflow/{name}', 'workflow', 'Start a workflow; the body is its input', {
    query: { version: 'integer', correlationId: 'string', priority: 'integer' },
    body: 'object',
    answer: 'text',
  }),
  executeWorkflow: post('/api/workflow/execute/{name}/{version}', 'workflow', 'Start a workflow and wait for it', {
    query: {
      requestId: 'string',
      waitUntilTaskRef: 'list',
      waitForSeconds: 'integer',
      consistency: 'string',
      returnStrategy: 'string',
    },
    body: 'StartWorkflowRequest',
    answer: 'SignalResponse',
  }),
  testWorkflow: post('/api/workflow/test', 'workflow', 'Try a workflow with said outputs; nothing is kept', {
    body: 'WorkflowTestRequest',
    answer: 'Workflow',
  }),
  getWorkflow: get('/api/workflow/{workflowId}', 'workflow', 'A run', {
    query: { includeTasks: 'boolean' },
    answer: 'Workflow',
  }),
  getWorkflowStatus: get('/api/workflow/{workflowId}/status', 'workflow', 'The status of a run', {
    query: { includeOutput: 'boolean', includeVariables: 'boolean' },
    answer: 'WorkflowStatus',
  }),
  getWorkflowTasks: get('/api/workflow/{workflowId}/tasks', 'workflow', 'A page of the tasks of a run', {
    query: { start: 'integer', count: 'integer', status: 'list' },
    answer: 'Tasks',
  }),
  getCorrelated: get('/api/workflow/{name}/correlated/{correlationId}', 'workflow', 'Runs with a correlation id', {
    query: correlated,
    answer: 'Workflow[]',
  }),
  getCorrelatedMany: post('/api/workflow/{name}/correlated', 'workflow', 'Runs with any of some correlation ids', {
    query: correlated,
    body: 'string[]',
    answer: 'object',
  }),
  getCorrelatedBatch: post(
    '/api/workflow/correlated/batch',
    'workflow',
    'Runs of some workflows with any of some correlation ids',
    { query: correlated, body: 'CorrelationBatch', answer: 'object' },
  ),
  listRunning: get('/api/workflow/running/{name}', 'workflow', 'Ids of open runs, or of all within a time range', {
    query: { version: 'integer', startTime: 'integer', endTime: 'integer' },
    answer: 'string[]',
  }),
  searchWorkflows: get('/api/workflow/search', 'workflow', 'Search runs', {
    query: { ...page, classifier: 'string', topLevelOnly: 'boolean' },
    answer: 'WorkflowSummaries',
  }),
  searchWorkflowsV2: get('/api/workflow/search-v2', 'workflow', 'Search runs, shown in full but without tasks', {
    query: { ...page, classifier: 'string', topLevelOnly: 'boolean' },
    answer: 'Workflows',
  }),
  searchWorkflowsByTasks: get('/api/workflow/search-by-tasks', 'workflow', 'Search runs by their tasks', {
    query: page,
    answer: 'WorkflowSummaries',
  }),
  searchWorkflowsByTasksV2: get(
    '/api/workflow/search-by-tasks-v2',
    'workflow',
    'Search runs by their tasks, shown in full but without tasks',
    { query: page, answer: 'Workflows' },
  ),
  getWorkflowStorage: get('/api/workflow/externalstoragelocation', 'workflow', 'A place for a payload outside', {
    query: externalLocation,
    answer: 'ExternalStorageLocation',
  }),
  getWorkflowStorageAlias: get('/api/workflow/external-storage-location', 'workflow', 'A place for a payload outside', {
    query: externalLocation,
    answer: 'ExternalStorageLocation',
  }),
  ...controlOperations,
  pauseWorkflow: put('/api/workflow/{workflowId}/pause', 'workflow', 'Schedule nothing new until resumed'),
  resumeWorkflow: put('/api/workflow/{workflowId}/resume', 'workflow', 'Go on with a paused run'),
  decideWorkflow: put(
    '/api/workflow/decide/{workflowId}',
    'workflow',
    'Does nothing: runs are decided without being asked',
  ),
  retryWorkflow: post('/api/workflow/{workflowId}/retry', 'workflow', 'Retry the failed tasks of an ended run', {
    query: { resumeSubworkflowTasks: 'boolean' },
    answer: 'noContent',
  }),
  terminateWorkflow: remove('/api/workflow/{workflowId}', 'workflow', 'End a run', {
    query: { reason: 'string', triggerFailureWorkflow: 'boolean' },
  }),
  removeWorkflow: remove(
    '/api/workflow/{workflowId}/remove',
    'workflow',
    'Remove a run from everything that is shown',
    {
      query: { archiveWorkflow: 'boolean' },
    },
  ),
  terminateAndRemoveWorkflow: remove(
    '/api/workflow/{workflowId}/terminate-remove',
    'workflow',
    'End a run and remove it',
    {
      query: { reason: 'string', archiveWorkflow: 'boolean' },
    },
  ),

  pollTask: get('/api/tasks/poll/{tasktype}', 'tasks', 'One task for a worker, if there is one', {
    query: { workerid: 'string', domain: 'string' },
    answer: 'Task',
    orNothing: true,
  }),
  pollTasks: get('/api/tasks/poll/batch/{tasktype}', 'tasks', 'Tasks for a worker; waits for the first one', {
    query: { workerid: 'string', domain: 'string', count: 'integer', timeout: 'integer' },
    answer: 'Task[]',
  }),
  updateTask: post('/api/tasks', 'tasks', 'Report progress or an outcome', { body: 'TaskResult', answer: 'text' }),
  updateTaskAndPoll: post('/api/tasks/update-v2', 'tasks', 'Report an outcome and get the next task', {
    body: 'TaskResult',
    answer: 'Task',
    orNothing: true,
  }),
  updateTaskByReference: post(
    '/api/tasks/{workflowId}/{taskRefName}/{status}',
    'tasks',
    'Report about the open task under a reference; the body is merged over its output',
    { query: { workerid: 'string' }, body: 'object', answer: 'maybeText' },
  ),
  updateTaskByReferenceSync: post(
    '/api/tasks/{workflowId}/{taskRefName}/{status}/sync',
    'tasks',
    'Report about the open task under a reference and get the run',
    { query: { workerid: 'string' }, body: 'object', answer: 'Workflow' },
  ),
  signalWorkflow: post('/api/tasks/{workflowId}/{status}/signal', 'tasks', 'End the WAIT at which a run stands', {
    body: 'object',
  }),
  signalWorkflowSync: post(
    '/api/tasks/{workflowId}/{status}/signal/sync',
    'tasks',
    'End the WAIT at which a run stands and see where it stops next',
    {
      query: { returnStrategy: 'string', timeoutMillis: 'integer' },
      body: 'object',
      answer: 'SignalResponse',
    },
  ),
  searchTasks: get('/api/tasks/search', 'tasks', 'Search task attempts', { query: page, answer: 'TaskSummaries' }),
  searchTasksV2: get('/api/tasks/search-v2', 'tasks', 'Search task attempts, shown in full', {
    query: page,
    answer: 'Tasks',
  }),
  getTaskStorage: get('/api/tasks/externalstoragelocation', 'tasks', 'A place for a payload outside', {
    query: externalLocation,
    answer: 'ExternalStorageLocation',
  }),
  getTaskStorageAlias: get('/api/tasks/external-storage-location', 'tasks', 'A place for a payload outside', {
    query: externalLocation,
    answer: 'ExternalStorageLocation',
  }),
  getTask: get('/api/tasks/{taskId}', 'tasks', 'A task attempt', { answer: 'Task' }),
  addTaskLog: post('/api/tasks/{taskId}/log', 'tasks', 'Add a log line', { body: 'raw' }),
  getTaskLogs: get('/api/tasks/{taskId}/log', 'tasks', 'Log lines by time', {
    answer: 'TaskExecLog[]',
    orNothing: true,
  }),
  getQueueSizes: get('/api/tasks/queue/sizes', 'tasks', 'Waiting tasks of some types', {
    query: { taskType: 'list' },
    answer: 'object',
  }),
  getQueueSize: get('/api/tasks/queue/size', 'tasks', 'Waiting tasks of a type', {
    query: { taskType: 'string', domain: 'string' },
    answer: 'integer',
  }),
  listQueues: get('/api/tasks/queue/all', 'tasks', 'Waiting tasks of all queues', { answer: 'object' }),
  listQueuesVerbose: get('/api/tasks/queue/all/verbose', 'tasks', 'Waiting and unacknowledged tasks of all queues', {
    answer: 'object',
  }),
  getPollData: get('/api/tasks/queue/polldata', 'tasks', 'Last polls of a type', {
    query: { taskType: 'string' },
    answer: 'PollData[]',
  }),
  listPollData: get('/api/tasks/queue/polldata/all', 'tasks', 'Last polls of all types', { answer: 'PollData[]' }),
  requeueTasks: post('/api/tasks/queue/requeue/{taskType}', 'tasks', 'How many tasks wait; queues lose none', {
    answer: 'text',
  }),

  ...eventOperations,
  ...adminOperations,

  getHealth: get('/health', 'operations', 'Whether this process can do its work', { answer: 'HealthStatus' }),
  getApiHealth: get('/api/health', 'operations', 'Whether this process can do its work', { answer: 'HealthStatus' }),
  getMetrics: get('/metrics', 'operations', 'Metrics in Prometheus format', { answer: 'text' }),
  getVersion: get('/api/version', 'operations', 'Version of this server', { answer: 'text' }),
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationId = keyof typeof operations;
