import { open, shown, type Contents } from './contents.ts';

const http = 'libs/tasks/src/http/http.task.spec.ts';

/** E1 to E34 of the contract: expressions, inputs and outputs; worker tasks, retries, time-outs. */
export const inputsAndTasks: Contents = {
  E1: shown(
    'an expression alone keeps its type, in text it becomes text',
    'inputs-and-outputs › inputs of tasks › keep the type of a whole expression and splice others as text',
  ),
  E2: shown(
    'an expression that finds nothing is null, and the key is there',
    'inputs-and-outputs › inputs of tasks › are null where an expression finds nothing',
  ),
  E3: shown(
    'keys are not expressions, values at any depth are',
    'inputs-and-outputs › inputs of tasks › leave keys alone and look into lists and objects',
  ),
  E4: shown(
    'a value is not evaluated again',
    'inputs-and-outputs › inputs of tasks › take text that looks like an expression for text',
  ),
  E5: shown(
    'lists and objects in text look as Java prints them',
    'inputs-and-outputs › inputs of tasks › write lists and objects into text as Conductor writes them',
  ),
  E6: shown(
    'status, id, end time and output of a task can be read',
    'inputs-and-outputs › inputs of tasks › see status, id and output of earlier tasks',
  ),
  E7: shown(
    'wildcards, filters and indexes from the end',
    'inputs-and-outputs › inputs of tasks › follow wildcards, filters and indexes from the end',
  ),
  E8: shown(
    'the input template of a workflow fills in what is missing, literally',
    'inputs-and-outputs › input and output of a workflow › take missing input from the input template, as it is written',
  ),
  E9: shown(
    'the input template of a task definition fills in what is missing, rendered',
    'inputs-and-outputs › inputs of tasks › are filled from the template of the task definition',
  ),
  E10: shown(
    'the output is that of the last task, or what outputParameters say',
    'inputs-and-outputs › input and output of a workflow › is the output of the task scheduled last when nothing is said',
    'inputs-and-outputs › input and output of a workflow › is rendered from outputParameters when they are given',
  ),
  E11: shown(
    'a failed workflow has an output too',
    'inputs-and-outputs › input and output of a workflow › is rendered for a failed workflow too, which sees its new status',
  ),
  E12: shown(
    'a secret is in what a worker gets and in nothing that is stored',
    'services/api/src/routes/tasks.spec.ts › polling › puts secrets into the copy of the worker',
    'inputs-and-outputs › inputs of tasks › keep secrets as they are written',
  ),
  E13: shown(
    'every attempt knows its own id',
    'inputs-and-outputs › inputs of tasks › know the id of their own attempt, also of a retried one',
  ),
  E14: shown(
    'a workflow of INLINE, SET_VARIABLE and NOOP is over when its start is answered',
    'inputs-and-outputs › a start › of a workflow made of pure tasks has completed when it is answered',
  ),
  E15: shown(
    'retries are used up, then the workflow fails because of the last attempt',
    'retries › a failing task › is tried again until its retries are used up, and then fails the workflow',
  ),
  E16: shown(
    'delays between retries, by each logic, capped',
    'retries › a failing task › with %s and %j waits %j seconds, and cannot be polled before',
  ),
  E17: shown('a terminal error is not retried', 'retries › a failing task › is not tried again after a terminal error'),
  E18: shown(
    'a worker that reports CANCELED terminates the workflow',
    'retries › a failing task › that reports CANCELED terminates the workflow and is not named as failed',
  ),
  E19: shown(
    'an optional task completes with errors, and can be read',
    'retries › an optional task that fails for good › completes with errors, keeps reason and output, and the workflow goes on',
    'retries › an optional task that fails for good › is read by what follows like one that completed',
  ),
  E20: shown(
    'the retry count of the workflow task comes before that of the definition',
    'retries › a failing task › takes the retry count of the workflow task before that of the definition',
  ),
  E21: shown(
    'a task that nobody registered has three retries, a minute apart',
    'retries › a failing task › that nobody registered is tried three times more, a minute apart',
  ),
  E22: shown(
    'a second outcome changes nothing',
    'reports › a report about a task › is answered with the id of the task, and so is every later one',
  ),
  E23: shown(
    'a task may be completed that nobody polled',
    'reports › a report about a task › is accepted for a task that nobody polled',
  ),
  E24: shown(
    'callbacks can be reset, so that a task is offered again at once',
    'reports › a progress report › hands a worker task back, to be offered again after the callback time',
    'interventions › a reset of callbacks › hands out at once what was given back for later',
  ),
  E25: shown(
    'a task time-out with policy RETRY',
    'timeouts › timeoutSeconds of a task › with policy RETRY ends the attempt and tries again, then times the workflow out',
  ),
  E26: shown(
    'the task time-out begins with the first poll',
    'timeouts › timeoutSeconds of a task › does not begin before the first poll',
  ),
  E27: shown('a poll time-out', 'timeouts › pollTimeoutSeconds › ends an attempt that nobody takes'),
  E28: shown(
    'policy ALERT_ONLY ends nothing',
    'timeouts › timeoutSeconds of a task › with policy ALERT_ONLY ends nothing',
  ),
  E29: shown(
    'a workflow time-out, and none without a policy',
    'timeouts › timeoutSeconds of a workflow › with policy TIME_OUT_WF ends it and cancels what is open',
    'timeouts › timeoutSeconds of a workflow › without a policy acts on nothing',
  ),
  E30: shown(
    'extending the lease puts the response time-out off',
    'timeouts › responseTimeoutSeconds › is put off by every lease extension',
  ),
  E31: open('a limit on concurrent executions of a task type', 'limits'),
  E32: open('a limit on the rate of a task type', 'limits'),
  E33: shown(
    'domains: by type, for all, none for system tasks',
    'reports › a task › goes to the domain of its type, else to the one for all',
    'reports › a task › takes the last of several domains: %j',
    `${http} › an HTTP task › is queued for whoever makes requests, without a domain`,
  ),
  E34: shown(
    'an unknown type is the name of a queue',
    'reports › a task › of a type that nobody knows is queued under that type',
  ),
};
