import { shown, type Contents } from './contents.ts';

const dynamic = 'libs/tasks/src/dynamic/dynamic.task.spec.ts › a dynamic task';
const dynamicFork = 'libs/tasks/src/fork-join-dynamic/fork-join-dynamic.task.spec.ts';
const exclusive = 'libs/tasks/src/exclusive-join/exclusive-join.task.spec.ts › an exclusive join';
const loop = 'libs/tasks/src/do-while/do-while.task.spec.ts';

/** E35 to E73 of the contract: choices, forks, joins, loops. */
export const controlFlow: Contents = {
  E35: shown(
    'a SWITCH runs the tasks of its case, none, or the default',
    'switches › a switch › runs the tasks of the chosen case, then goes on',
    'switches › a switch › goes on at once when the chosen case is empty',
    'switches › a switch › takes the default when no case fits',
  ),
  E36: shown(
    'a DECISION with an empty case takes the default',
    'libs/tasks/src/decision/decision.task.spec.ts › DECISION › takes the default for a case without tasks and for one that is not listed: %s',
  ),
  E37: shown(
    'a SWITCH that matches nothing, as the last task, gives the workflow its output',
    'switches › a switch › that matches nothing as the last task completes the workflow with its own output',
  ),
  E38: shown('a SWITCH within a SWITCH', 'switches › a switch › within a switch leads back out of both'),
  E39: shown(
    'an optional SWITCH whose script throws',
    'libs/tasks/src/switch/switch.task.spec.ts › a switch over a program › that is optional goes on to what follows it when the program throws',
  ),
  E40: shown(
    'an unknown evaluator fails the workflow without a task',
    'switches › a switch › with an unknown evaluator fails the workflow without a task, optional or not',
  ),
  E41: shown(
    'a DYNAMIC task is named by what came before',
    `${dynamic} › takes its name from what came before, and fails the workflow when there is none`,
  ),
  E42: shown(
    'an EXCLUSIVE_JOIN takes the output of the branch that ran, or of its default',
    `${exclusive} › takes the output of the one that ran`,
    `${exclusive} › takes the output of its default when none ran`,
  ),
  E43: shown('an EXCLUSIVE_JOIN without a default waits', `${exclusive} › waits when none ran and there is no default`),
  E44: shown(
    'nested forks are unfolded in order',
    'forks-and-joins › a fork › is unfolded depth first: forks, heads of branches, joins',
  ),
  E45: shown(
    'the first branch that fails ends the fork',
    'forks-and-joins › a fork › ends with its first failing branch: the others and the join are cancelled',
  ),
  E46: shown(
    'a JOIN over an optional failure',
    'forks-and-joins › a join › over an optional failure waits for all and completes with errors',
  ),
  E47: shown(
    'a JOIN over a permissive failure',
    'forks-and-joins › a join › over a permissive failure waits for all, then fails and ends the workflow',
  ),
  E48: shown(
    'such a workflow is retried in the same JOIN',
    'retrying › a retried workflow › after a permissive failure waits in the same join for the new attempt',
  ),
  E49: shown(
    'empty outputs leave no key in the JOIN',
    'forks-and-joins › a join › collects no key for an empty output',
  ),
  E50: shown(
    'a JOIN waits for ever for a branch that was not taken',
    'forks-and-joins › a join › waits for ever for a task of a branch that was not taken',
  ),
  E51: shown(
    'a fork without a JOIN fails the workflow',
    'forks-and-joins › a fork › that is not followed by a join fails the workflow without a task',
  ),
  E52: shown(
    'variables set in one branch are seen in another',
    'forks-and-joins › a fork › lets variables set in one branch be seen in another',
  ),
  E53: shown(
    'two scripts that fail in two branches',
    'forks-and-joins › two pure tasks that fail in two branches › both keep their failure, and the first one is the reason',
  ),
  E54: shown(
    'a dynamic fork of given tasks',
    `${dynamicFork} › a dynamic fork over a list of tasks › runs them side by side, each with its own input over what the task says`,
  ),
  E55: shown(
    'a dynamic fork of no tasks',
    `${dynamicFork} › a dynamic fork over a list of tasks › of none completes at once`,
  ),
  E56: shown(
    'a dynamic fork of something that is no list',
    `${dynamicFork} › a dynamic fork over a list of tasks › with input %j fails the workflow without a fork`,
  ),
  E57: shown(
    'a dynamic fork into children',
    `${dynamicFork} › a dynamic fork over a list of inputs › starts a child per element`,
  ),
  E58: shown(
    'an optional dynamic fork',
    `${dynamicFork} › a dynamic fork over a list of inputs › that is optional makes optional tasks`,
  ),
  E59: shown(
    'a dynamic fork is retried without forking again',
    `${dynamicFork} › a dynamic fork over a list of tasks › goes on after a retry where it was, without forking again`,
  ),
  E60: shown(
    'iterations have names, numbers and an output each',
    `${loop} › a loop › runs its body first, then asks; its tasks have names of their own in each iteration`,
  ),
  E61: shown('what counts as true in a condition', `${loop} › a loop › goes on when %s says so`),
  E62: shown(
    'a loop over items',
    `${loop} › a loop over items › runs once for each of them`,
    `${loop} › a loop over items › of %j does nothing`,
    `${loop} › a loop over items › of something that is no list runs once`,
  ),
  E63: shown('a loop over items with a condition', `${loop} › a loop over items › asks its condition too`),
  E64: shown(
    'only the last iterations are kept',
    `${loop} › a loop that keeps the last iterations › forgets the others, outputs and tasks`,
  ),
  E65: shown('an optional failure in a body', `${loop} › a failure inside a loop › of an optional task is passed over`),
  E66: shown(
    'an optional loop does not shield its body',
    `${loop} › a failure inside a loop › for good ends the workflow, whatever the loop is`,
  ),
  E67: shown('a condition that throws', `${loop} › a loop › fails for good when its condition does`),
  E68: shown(
    'a TERMINATE in a body',
    `${loop} › a failure inside a loop › does not matter to a workflow that the body ends`,
  ),
  E69: shown('five hundred iterations', `${loop} › a loop › of pure tasks runs five hundred times within the start`),
  E70: shown(
    'a loop in a branch',
    `${loop} › a loop › goes on in a branch of a fork, and the join waits for all of it`,
  ),
  E71: shown('a SWITCH in a body', `${loop} › a loop › may choose differently in every iteration`),
  E72: shown('children in a body', `${loop} › a loop › starts another child in every iteration`),
  E73: shown('a retry within a loop', `${loop} › a failure inside a loop › lets a retry go on in the same iteration`),
};
