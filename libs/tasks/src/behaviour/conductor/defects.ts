import { open, shown, type Contents } from './contents.ts';

const api = 'services/api/src';
const retried = 'retrying › a retried workflow';
const dynamicFork = 'libs/tasks/src/fork-join-dynamic/fork-join-dynamic.task.spec.ts';
const loop = 'libs/tasks/src/do-while/do-while.task.spec.ts';

/**
 * What looks like a defect of Conductor, by its number in the contract, and what we do instead; "as Conductor" where
 * definitions rely on it.
 */
export const defects: Contents = {
  1: shown(
    'a JOIN sees only attempts that are not retried; the failure of a branch leaves it CANCELED',
    'forks-and-joins › a join › does not see a failed attempt that is retried',
    'forks-and-joins › a fork › ends with its first failing branch: the others and the join are cancelled',
  ),
  2: shown(
    'an EVENT is published once per attempt, also when somebody else completes it',
    'libs/tasks/src/event/event.task.spec.ts › an EVENT task › that is completed by others stays open once it was sent, and is not sent again',
  ),
  3: shown(
    'a body may hold names with two underscores; only those that look like an iteration are refused',
    'names-in-loops › a reference name with two underscores › is one like any other, also in a loop',
    'names-in-loops › a reference name with two underscores › and a number at its end is refused at registration',
  ),
  4: shown('loops may be nested', `${loop} › a loop › may be nested; each sees its own output`),
  5: shown(
    'a rerun within a fork keeps the other branches',
    'rerunning › a rerun within a fork › keeps the other branches, and lets the join wait again',
  ),
  6: shown(
    'a rerun from a FORK or a SWITCH evaluates it again',
    'rerunning › a rerun within a fork › from the fork itself makes all branches anew',
    'rerunning › a rerun from a choice › evaluates it again, and drops the branch that was taken',
  ),
  7: shown(
    'a rerun from a SUB_WORKFLOW has a new child',
    'rerunning › a rerun and children › from a SUB_WORKFLOW starts another child; what follows runs again',
  ),
  8: shown(
    'a retry after the script of a SWITCH has failed evaluates it again',
    `${retried} › evaluates a choice again whose program had failed`,
  ),
  9: shown(
    'an optional failure of the last task completes with errors, and cannot be retried',
    'retries › an optional task that fails for good › does so as the last task too, and there is nothing to retry then',
  ),
  10: shown(
    'values that cannot be read fail the task, and the workflow exists',
    'libs/tasks/src/wait/wait.task.spec.ts › a wait › with input %j fails for good, and the workflow exists',
    `${loop} › a loop › without tasks, or with a keepLastN that is no number, fails for good`,
  ),
  11: shown(
    'a restart begins with the variables of the definition',
    'restarting › a restart › runs everything again under the same id, with the same input',
    'rerunning › a rerun without a task › begins again with the new input, and forgets variables and failures',
  ),
  12: shown('a retry leaves the old attempt as it was', `${retried} › leaves the old attempt as it was`),
  13: shown(
    'a retry clears what failed; it is said again at the next end',
    `${retried} › forgets why and by whom it failed, and says it again at its next end`,
  ),
  14: shown(
    'new attempts and opened joins have no reason before they fail',
    `${retried} › forgets why and by whom it failed, and says it again at its next end`,
    `${retried} › opens its join again without the reason for which that had failed`,
  ),
  15: shown(
    'the input template holds for an empty input too',
    'inputs-and-outputs › input and output of a workflow › take missing input from the input template, as it is written',
  ),
  16: shown(
    'a template that gives null stays null',
    'inputs-and-outputs › inputs of tasks › stay null where the template of the task definition finds nothing either',
  ),
  17: shown(
    'a child without input parameters gets none',
    'sub-workflows › a sub-workflow › without input parameters gives the child none',
  ),
  18: shown(
    'the id of the child is the engine’s to say',
    'sub-workflows › a sub-workflow › keeps its own key when the child answers with the same',
  ),
  19: shown(
    'nothing of the server’s environment can be read',
    'inputs-and-outputs › inputs of tasks › read nothing of the server, and change nothing that is stored',
  ),
  20: shown(
    'no expression changes what is stored',
    'inputs-and-outputs › inputs of tasks › read nothing of the server, and change nothing that is stored',
  ),
  21: shown(
    'a DYNAMIC task is held to the definition of the name it turned out to have',
    'libs/tasks/src/dynamic/dynamic.task.spec.ts › a dynamic task › takes retries and limits from the definition of the name that it turned out to have',
  ),
  22: shown(
    'generated branches are run to their end',
    `${dynamicFork} › a dynamic fork over a list of tasks › runs what is inside a generated choice`,
  ),
  23: shown(
    'generated references that exist twice are refused',
    `${dynamicFork} › a dynamic fork over a list of tasks › refuses references that exist twice`,
  ),
  24: shown(
    'a skipped task takes input and output of the request, and the next number',
    'interventions › a skipped task › is passed over when it is reached, and shows the output that it was given',
  ),
  25: shown(
    'what a state does not allow is 409, what cannot be read is 400',
    `${api}/routes/workflow.spec.ts › controlling a run › %s …/%s refused with %s is %d`,
    `${api}/routes/workflow.spec.ts › starting a workflow › with %s is refused`,
    `${api}/routes/tasks.spec.ts › an update › with %j is %d`,
  ),
  26: shown(
    'a failure workflow is named by the input with braces or without',
    'ending › a failure workflow › may be named by the input: %s',
  ),
  27: open('handlers terminate workflows and update variables', 'event handlers'),
  28: shown(
    'as Conductor: being optional does not protect from TIME_OUT_WF and the total time-out',
    'timeouts › timeoutSeconds of a task › with policy TIME_OUT_WF ends the workflow at once, optional or not, with the bare text',
  ),
  29: shown(
    'only worker tasks have a response time-out',
    'timeouts › responseTimeoutSeconds › does not touch a wait, although a definition of its name has one',
  ),
  30: shown(
    'a JOIN that fails shows everything that it joined',
    'forks-and-joins › a join › that fails shows the outputs of everything that it joined, in whatever order they came',
  ),
  31: shown(
    'as Conductor: the output is that of the task with the highest number, after a retry too',
    'inputs-and-outputs › input and output of a workflow › is the output of the task scheduled last when nothing is said',
  ),
  32: shown(
    'the clock of a paused workflow stands still',
    'timeouts › timeoutSeconds of a workflow › stands still while the workflow is paused and starts anew on resume',
  ),
  33: shown(
    'removing a workflow terminates its children',
    'parents-and-children › a parent that ends › because it is removed takes its children along',
  ),
  34: shown(
    'an optional task keeps its outcome when its child is retried',
    'parents-and-children › a child that is retried › leaves a parent alone whose task is optional',
  ),
  35: open('rates are limited on every store', 'limits'),
  36: shown(
    'clocks begin when a task can be taken',
    'timeouts › timeoutSeconds of a task › counts from the poll of a retried attempt, not from the start of its delay',
    'timeouts › pollTimeoutSeconds › begins when a delayed task can be taken',
  ),
  37: shown(
    'running workflows are listed by version',
    `${api}/routes/workflow.spec.ts › lists of runs › of running ones ask for version 1 by default`,
    'libs/read-model/src/read-model.int.spec.ts › the read model on %s › searched › as a list of open runs, or of those created in between',
  ),
  38: open('as Conductor: a condition with an unknown evaluator is JavaScript', 'event handlers'),
  39: open('as Conductor: JSON within lists is not expanded', 'event handlers'),
  40: shown(
    'the start of a workflow with an unknown child is refused',
    'sub-workflows › a sub-workflow › of an unknown definition without a version refuses the start of the parent',
  ),
  41: shown(
    'a retry that resumes children looks at the newest attempts',
    'resuming-children › a retry that resumes children › looks at the newest attempt, not at the first',
  ),
  42: shown(
    'the poll time-out begins anew when a worker hands a task back',
    'timeouts › pollTimeoutSeconds › starts anew when a worker hands the task back',
  ),
  43: shown(
    'the new attempt of a permissive failure is one like any other',
    `${retried} › holds the new attempt of a permissive failure to its limits and retries, and repeats nothing after it`,
  ),
  44: open('a handler whose condition throws fails alone', 'event handlers'),
  45: shown(
    'as Conductor: a permissive failure fails the workflow that TERMINATE ends',
    'ending › a TERMINATE task › fails a workflow in which a permissive task has failed, whatever it says',
  ),
  46: shown(
    'retries of system tasks wait for their delay',
    'retries › a system task that is done within the decision › waits for the delay of its retry too',
  ),
  47: shown(
    'among tasks that can be taken priority comes first',
    `${api}/gateway/ready-buffer.spec.ts › the ready buffer › gives the highest priority first, and within it the oldest`,
  ),
};
