import { post, put, remove, type Operation } from './operation.ts';

const bulk = { body: 'string[]', answer: 'BulkResponse' } as const;

/** What can be done with runs beyond pausing and ending them, one at a time and many at once. */
export const controlOperations = {
  restartWorkflow: post('/api/workflow/{workflowId}/restart', 'workflow', 'Begin an ended run again', {
    query: { useLatestDefinitions: 'boolean' },
    answer: 'noContent',
  }),
  rerunWorkflow: post('/api/workflow/{workflowId}/rerun', 'workflow', 'Run again from a task on, or with other input', {
    body: 'RerunWorkflowRequest',
    answer: 'text',
  }),
  skipTask: put(
    '/api/workflow/{workflowId}/skiptask/{taskReferenceName}',
    'workflow',
    'Pass over a task that was not reached yet',
    { body: 'SkipTaskRequest' },
  ),
  jumpToTask: post(
    '/api/workflow/{workflowId}/jump/{taskReferenceName}',
    'workflow',
    'Go on with a task of the top level; the body, if there is one, is its input',
    { body: 'object' },
  ),
  resetCallbacks: post(
    '/api/workflow/{workflowId}/resetcallbacks',
    'workflow',
    'Hand out now what workers gave back for later',
    { answer: 'noContent' },
  ),
  updateVariables: post(
    '/api/workflow/{workflowId}/variables',
    'workflow',
    'Replace variables of a run, key by key, and get the run',
    { body: 'object', answer: 'Workflow' },
  ),
  updateWorkflowState: post(
    '/api/workflow/{workflowId}/state',
    'workflow',
    'Replace variables and report about an open task, and get the run when it has ended or waits for somebody',
    {
      query: { requestId: 'string', waitUntilTaskRef: 'list', waitForSeconds: 'integer' },
      body: 'WorkflowStateUpdate',
      answer: 'SignalResponse',
    },
  ),
  pauseWorkflows: put('/api/workflow/bulk/pause', 'workflow', 'Pause runs', bulk),
  resumeWorkflows: put('/api/workflow/bulk/resume', 'workflow', 'Go on with paused runs', bulk),
  restartWorkflows: post('/api/workflow/bulk/restart', 'workflow', 'Begin ended runs again', {
    query: { useLatestDefinitions: 'boolean' },
    ...bulk,
  }),
  retryWorkflows: post('/api/workflow/bulk/retry', 'workflow', 'Retry the failed tasks of ended runs', bulk),
  terminateWorkflows: post('/api/workflow/bulk/terminate', 'workflow', 'End runs', {
    query: { reason: 'string', triggerFailureWorkflow: 'boolean' },
    ...bulk,
  }),
  removeWorkflows: remove('/api/workflow/bulk/remove', 'workflow', 'Remove runs from everything that is shown', {
    query: { archiveWorkflow: 'boolean' },
    ...bulk,
  }),
  terminateAndRemoveWorkflows: remove('/api/workflow/bulk/terminate-remove', 'workflow', 'End runs and remove them', {
    query: { reason: 'string', archiveWorkflow: 'boolean' },
    ...bulk,
  }),
  searchWorkflowsByIds: post('/api/workflow/bulk/search', 'workflow', 'Runs by their ids', {
    query: { includeTasks: 'boolean' },
    ...bulk,
  }),
} as const satisfies Readonly<Record<string, Operation>>;
