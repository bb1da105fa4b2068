/** Workflows as any server with Conductor's language takes them. */
const workflow = (name: string, tasks: readonly object[]): object => ({
  name,
  version: 1,
  schemaVersion: 2,
  ownerEmail: 'bench@example.com',
  timeoutPolicy: 'ALERT_ONLY',
  timeoutSeconds: 0,
  tasks,
});

const simple = (type: string, ref: string): object => ({
  name: type,
  taskReferenceName: ref,
  type: 'SIMPLE',
  inputParameters: { n: '${workflow.input.n}' },
});

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export const noop = (name: string): object =>
  workflow(name, [{ name: 'nothing', taskReferenceName: 'nothing', type: 'NOOP', inputParameters: {} }]);

export const sequence = (name: string, type: string, tasks: number): object =>
  workflow(
    name,
    numbers(tasks).map((i) => simple(type, `t${i}`)),
  );

export const fork = (name: string, type: string, branches: number): object =>
  workflow(name, [
    {
      name: 'fork',
      taskReferenceName: 'fork',
      type: 'FORK_JOIN',
      forkTasks: numbers(branches).map((i) => [simple(type, `b${i}`)]),
    },
    { name: 'join', taskReferenceName: 'join', type: 'JOIN', joinOn: numbers(branches).map((i) => `b${i}`) },
  ]);

/** Branches come with the input: see {@link branches}. */
export const dynamicFork = (name: string): object =>
  workflow(name, [
    {
      name: 'fork',
      taskReferenceName: 'fork',
      type: 'FORK_JOIN_DYNAMIC',
      inputParameters: { tasks: '${workflow.input.tasks}', inputs: '${workflow.input.inputs}' },
      dynamicForkTasksParam: 'tasks',
      dynamicForkTasksInputParamName: 'inputs',
    },
    { name: 'join', taskReferenceName: 'join', type: 'JOIN' },
  ]);

export const branches = (type: string, count: number): object => ({
  tasks: numbers(count).map((i) => ({ name: type, taskReferenceName: `d${i}`, type: 'SIMPLE' })),
  inputs: Object.fromEntries(numbers(count).map((i) => [`d${i}`, { n: i }])),
});

export const loop = (name: string, iterations: number, body: object): object =>
  workflow(name, [
    {
      name: 'loop',
      taskReferenceName: 'loop',
      type: 'DO_WHILE',
      inputParameters: {},
      loopCondition: `if ($.loop['iteration'] < ${iterations}) { true; } else { false; }`,
      loopOver: [body],
    },
  ]);

export const inlineBody: object = {
  name: 'step',
  taskReferenceName: 'step',
  type: 'INLINE',
  inputParameters: { evaluatorType: 'graaljs', expression: '(function () { return 1 + 1; })();' },
};

export const simpleBody = (type: string): object => simple(type, 'step');

/** Waits for a person, so for ever. */
export const waiting = (name: string): object =>
  workflow(name, [{ name: 'person', taskReferenceName: 'person', type: 'HUMAN', inputParameters: {} }]);
