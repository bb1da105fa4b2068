import { childWorkflowId, taskIdOf, type Birth, type TaskId, type WorkflowId } from '@partitura/model';

/** Where ids of tasks and children come from. Mutants of it show why ids derive from a birth and not from names. */
export interface Identity {
  task(birth: Birth): TaskId;
  child(birth: Birth): WorkflowId;
}

export const faithfulIdentity: Identity = { task: taskIdOf, child: childWorkflowId };

/** "ids-from-names": a task is called after its workflow alone. */
export const namedIdentity: Identity = {
  task: (birth) => taskIdOf({ ...birth, startIndex: 0, version: 0 }),
  child: (birth) => childWorkflowId({ ...birth, startIndex: 0, version: 0 }),
};

/** "text:child-ids": two histories of one workflow id give the same ids. */
export const startlessIdentity: Identity = {
  task: (birth) => taskIdOf({ ...birth, startIndex: 0 }),
  child: (birth) => childWorkflowId({ ...birth, startIndex: 0 }),
};
