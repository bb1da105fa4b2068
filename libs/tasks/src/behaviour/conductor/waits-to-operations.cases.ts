import { open, shown, type Contents } from './contents.ts';

const wait = 'libs/tasks/src/wait/wait.task.spec.ts › a wait';
const human = 'libs/tasks/src/human/human.task.spec.ts › a human task';
const http = 'libs/tasks/src/http/http.task.spec.ts › an HTTP task';
const httpExecutor = 'libs/tasks/src/http/http.executor.int.spec.ts › the HTTP executor';
const event = 'libs/tasks/src/event/event.task.spec.ts › an EVENT task';
const restart = 'restarting › a restart';
const api = 'services/api/src/routes';

/** E74 to E125 of the contract: waits, events, scripts, children, ends and what operators do. */
export const waitsToOperations: Contents = {
  E74: shown(
    'a WAIT for a duration and until a moment',
    `${wait} › for a duration ends by itself, with an empty output`,
    `${wait} › until a moment in the past is over at once`,
  ),
  E75: shown('a WAIT with both', `${wait} › with input %j fails for good, and the workflow exists`),
  E76: shown(
    'a WAIT ends while its workflow is paused',
    'pausing › a paused workflow › lets a wait end, and goes on after resume',
  ),
  E77: shown(
    'a signal reaches the WAIT of a child',
    `${api}/tasks.spec.ts › a signal › ends the WAIT of a child in which the run stands`,
  ),
  E78: shown('a HUMAN task is completed by its reference', `${human} › is in progress until somebody answers`),
  E79: shown(
    'a HUMAN task times out and is asked again',
    `${human} › is timed out and asked again by a task definition of its name`,
  ),
  E80: open('an EVENT starts a workflow through a handler', 'event handlers'),
  E81: shown('an EVENT with an unknown sink', `${event} › fails when there is no sink %s`),
  E82: shown(
    'an EVENT that somebody else completes',
    `${event} › that is completed by others stays open once it was sent, and is not sent again`,
  ),
  E83: open('a handler whose condition is false', 'event handlers'),
  E84: open('a handler that completes the task of a loop', 'event handlers'),
  E85: shown(
    'results of scripts',
    'libs/tasks/src/inline/inline.task.spec.ts › INLINE › gives the value of the expression: %s',
  ),
  E86: shown(
    'result and list of results of a jq query',
    'libs/tasks/src/json-jq-transform/json-jq-transform.task.spec.ts › JSON_JQ_TRANSFORM › gives the first result and all results: %s',
  ),
  E87: shown(
    'a failed jq task is run again with another query',
    'libs/tasks/src/json-jq-transform/json-jq-transform.task.spec.ts › JSON_JQ_TRANSFORM › is run again from an operator with another program, under its old id',
  ),
  E88: shown(
    'HTTP without a method, and an answer that is an error',
    `${httpExecutor} › fails without an address or method: %j`,
    `${httpExecutor} › fails with the text of an error answer`,
    `${http} › fails without a retry when no task definition is registered`,
  ),
  E89: shown(
    'a child gets its input and gives its output',
    'sub-workflows › a sub-workflow › starts a child with its input, and takes its output over',
  ),
  E90: shown(
    'a child that fails fails its parent, reason within reason',
    'sub-workflows › a sub-workflow › that fails fails the task and the parent, reason within reason',
  ),
  E91: shown(
    'an optional child that is terminated',
    'sub-workflows › a sub-workflow › that is optional and terminated lets the parent go on',
  ),
  E92: shown(
    'every attempt has a child of its own',
    'sub-workflows › a sub-workflow › with retries starts a new child for each attempt',
  ),
  E93: shown(
    'the version of a child is fixed when the parent starts',
    'sub-workflows › a sub-workflow › keeps the version that was the latest when the parent started',
  ),
  E94: shown(
    'a child of an unknown definition',
    'sub-workflows › a sub-workflow › of an unknown definition with a version fails the task',
  ),
  E95: shown(
    'a child of an inline definition is marked',
    'sub-workflows › a sub-workflow › may have its definition inline, which marks its input',
  ),
  E96: shown(
    'a workflow that another has started lives on its own',
    'libs/tasks/src/start-workflow/start-workflow.task.spec.ts › a START_WORKFLOW task › starts the workflow with what the request says, and for the rest with what its own workflow has',
  ),
  E97: shown(
    'TERMINATE with FAILED starts the failure workflow',
    'ending › a TERMINATE task › ends the workflow with its status, reason and output, and starts the failure workflow',
  ),
  E98: shown(
    'TERMINATE without a reason, with an output that is no object',
    'ending › a TERMINATE task › without a reason names itself, and wraps an output that is no object',
  ),
  E99: shown(
    'TERMINATE in a branch',
    'ending › a TERMINATE task › in a branch cancels the other branches and the join',
  ),
  E100: shown(
    'variables are replaced key by key, not merged',
    'ending › workflow variables › begin as the definition says and are replaced key by key',
  ),
  E101: shown('a failure workflow named by the input', 'ending › a failure workflow › may be named by the input: %s'),
  E102: shown(
    'a failure workflow that nobody registered',
    'ending › a failure workflow › that nobody registered is said to be missing',
  ),
  E103: shown(
    'pause and resume',
    'pausing › a paused workflow › records a completion but schedules nothing until resume',
    'pausing › a paused workflow › may be paused again without effect, and terminated',
    'operations › a running workflow › cannot be resumed',
  ),
  E104: shown(
    'terminating what has ended',
    'operations › a workflow that has ended › refuses what has no meaning any more, with words that clients know',
    'operations › a workflow that has ended › as TERMINATED keeps its first reason',
    'operations › a workflow that has ended › as FAILED may still be terminated, which replaces status, reason and output',
  ),
  E105: shown(
    'what cannot be retried, and the status that says so',
    'operations › a running workflow › cannot be retried',
    `${api}/workflow.spec.ts › controlling a run › %s …/%s refused with %s is %d`,
  ),
  E106: shown(
    'a retried fork keeps its JOIN and what was done',
    'retrying › a retried workflow › keeps a join under its old id and leaves done branches alone',
  ),
  E107: shown(
    'a retry begins cancelled waits and questions anew',
    'retrying › a retried workflow › makes new attempts of a worker task and of waits that were cancelled',
  ),
  E108: shown(
    'a terminated workflow can be retried',
    'retrying › a retried workflow › after termination makes a new attempt of what was cancelled',
  ),
  E109: shown(
    'a restart, also with the latest definitions',
    `${restart} › takes the definition that it was started with, unless asked for the latest`,
  ),
  E110: shown(
    'a workflow that may not be restarted',
    `${restart} › may be forbidden by the definition, but only of what has completed`,
  ),
  E111: shown(
    'a rerun from a task',
    'rerunning › a rerun from a task › keeps its id, drops what came after, and makes that anew',
  ),
  E112: shown(
    'a rerun from the start, with another input',
    'rerunning › a rerun without a task › begins again with the new input, and forgets variables and failures',
    'rerunning › a rerun from a task › that does not exist is refused and changes nothing',
  ),
  E113: shown(
    'a rerun of a task of a child',
    'rerunning › a rerun and children › of a child brings its parent back to life with the same task',
  ),
  E114: shown(
    'a task is skipped before it is reached',
    'interventions › a skipped task › is passed over when it is reached, and shows the output that it was given',
    'interventions › a skipped task › has to exist, must not have been reached, in a workflow that runs',
  ),
  E115: shown(
    'the last task is skipped',
    'interventions › a skipped task › at the end lets the workflow complete with the output of the last task that ran',
  ),
  E116: shown(
    'a running workflow cannot be archived',
    'operations › a running workflow › is removed only after it was terminated',
    `${api}/workflow.spec.ts › controlling a run › %s …/%s refused with %s is %d`,
  ),
  E117: shown(
    'of many runs each is ended or said why not',
    `${api}/workflow-bulk.spec.ts › bulk operations › say of each run whether it was done, in order`,
    `${api}/workflow-bulk.spec.ts › bulk operations › with %s are refused as a whole`,
  ),
  E118: shown(
    'a restarted child of a completed parent',
    'restarting › a restart and children › of a completed child brings its completed parent back; what followed there is not run again',
  ),
  E119: shown(
    'a retried grandchild revives everybody above it',
    'parents-and-children › a child that is retried › brings all its parents back to life under their old ids',
  ),
  E120: shown(
    'the retried child of an optional task leaves its parent alone',
    'parents-and-children › a child that is retried › leaves a parent alone whose task is optional',
  ),
  E121: shown(
    'a retry after a workflow time-out has a fresh clock',
    'retrying › a retried workflow › after its own time-out has a fresh clock',
  ),
  E122: shown(
    'task definitions are fixed at the start',
    'inputs-and-outputs › a start › freezes the task definitions that are registered at that moment',
  ),
  E123: shown(
    'starts of what is unknown, or without an input',
    'inputs-and-outputs › a start › of an unknown workflow is refused once the definitions are known to be current',
    `${api}/workflow.spec.ts › starting a workflow › that does not exist is 404 in the words of each form`,
    `${api}/workflow.spec.ts › starting a workflow › with %s is refused`,
  ),
  E124: shown(
    'an inline definition comes before a registered one',
    'inputs-and-outputs › a start › with an inline definition runs that, whatever is registered under its name',
  ),
  E125: shown(
    'an output that is too large fails its task',
    'reports › a report about a task › with more than 3 MB fails the task for good',
  ),
};
