import type { JsonObject } from '@partitura/model';
import { choice, join, simple, sub, task, workflow } from '../shapes.ts';
import type { Leaf } from './shape.ts';

/**
 * A task without others inside, as Conductor's JSON.
 *
 * @param n Makes its reference unique.
 * @param way Chooses among the ways in which its kind can be written.
 */
export function leafOf(kind: Leaf, n: number, way: number): readonly JsonObject[] {
  const common = flags(way);
  switch (kind) {
    case 'simple':
      return [simple(`${way % 2 === 0 ? 'a' : 'b'}${n}`, { ...common, inputParameters: lookingBack(n) })];
    case 'http':
      return [task('HTTP', `ht${n}`, { ...common, asyncComplete: way % 3 === 0 })];
    case 'unknown':
      return [task('MY_TYPE', `u${n}`, common)];
    case 'noop':
      return [task('NOOP', `n${n}`)];
    case 'variable':
      return [task('SET_VARIABLE', `v${n}`, { inputParameters: { [`k${way % 3}`]: way } })];
    case 'wait':
      return [{ ...task('WAIT', `wa${n}`, { ...common, inputParameters: durations(way) }), name: 'wa' }];
    case 'human':
      return [{ ...task('HUMAN', `hu${n}`, common), name: 'hu' }];
    case 'child':
      return [sub(`c${n}`, child(way), { ...common, retryCount: way % 2 })];
    case 'dynamic':
      return [
        task('DYNAMIC', `d${n}`, {
          ...common,
          dynamicTaskNameParam: 't',
          inputParameters: { t: one(way, ['a', 'b', 'NOOP', 'HUMAN', 'INLINE', 'WAIT']), expression: '7' },
        }),
      ];
    case 'generated':
      return generated(n, way);
    case 'terminate':
      return [task('TERMINATE', `te${n}`, { inputParameters: ending(way) })];
    case 'inline':
    case 'lambda':
    case 'jq':
      return [programOf(kind, n, way)];
    case 'event':
    case 'publish':
    case 'begin':
    case 'look':
    case 'update':
      return [sentOf(kind, n, way)];
  }
}

const one = (way: number, words: readonly string[]): string => words[way % words.length] ?? '';

const flags = (way: number): JsonObject => ({
  optional: way % 7 === 0,
  permissive: way % 11 === 0,
  startDelay: way % 13 === 0 ? 2 : 0,
});

/** Looks back at something that ran before, or beside it, or never. */
const lookingBack = (n: number): JsonObject => ({
  before: `\${a${n - 1}.output.from}`,
  around: `\${lp${n - 1}.output.iteration}`,
  variable: 'k0=${workflow.variables.k0}',
  me: '${CPEWF_TASK_ID}',
});

const durations = (way: number): JsonObject => (way % 4 === 0 ? {} : { duration: `${way % 6} s` });

const ending = (way: number): JsonObject => ({
  terminationStatus: one(way, ['COMPLETED', 'FAILED', 'TERMINATED']),
  workflowOutput: { way },
});

function child(way: number): JsonObject {
  if (way % 17 === 0) return { name: 'nosuch', version: 1 };
  if (way % 3 === 0) return { workflowDefinition: workflow('inline', [simple('a1'), task('NOOP', 'n1')]) };
  return { name: way % 3 === 1 ? 'child' : 'grandchild' };
}

/** Programs that give something, that fail, and that are more than a decision may run. */
function programOf(kind: 'inline' | 'lambda' | 'jq', n: number, way: number): JsonObject {
  const v = '${workflow.input.v}';
  const more = { ...flags(way), retryCount: way % 2 };
  const script = one(way, ['$.v', '$.nope.x', 'new Date(0).getTime()', '$.v + 1']);
  if (kind === 'inline')
    return task('INLINE', `in${n}`, {
      ...more,
      inputParameters: { evaluatorType: 'javascript', expression: script, v },
    });
  if (kind === 'lambda')
    return task('LAMBDA', `la${n}`, { ...more, inputParameters: { scriptExpression: `return ${script};`, v } });
  const queryExpression = one(way, ['.v', '.v | error("no")', '. as [$a] ?// $a | $a', '.v, .v']);
  return task('JSON_JQ_TRANSFORM', `jq${n}`, { ...more, inputParameters: { queryExpression, v } });
}

/** What others are asked to do. */
function sentOf(kind: 'event' | 'publish' | 'begin' | 'look' | 'update', n: number, way: number): JsonObject {
  const more = { ...flags(way), retryCount: way % 2 };
  const workflowId = one(way, ['${workflow.workflowId}', '${workflow.workflowId}', 'nosuch']);
  switch (kind) {
    case 'event':
      return task('EVENT', `ev${n}`, {
        ...more,
        sink: one(way, ['conductor', 'conductor:x', 'kafka:t', 'nosuch:q']),
        asyncComplete: way % 5 === 0,
      });
    case 'publish':
      return task('KAFKA_PUBLISH', `ka${n}`, {
        ...more,
        inputParameters: { kafka_request: { topic: 't', value: way } },
      });
    case 'begin': {
      const startWorkflow = { name: one(way, ['grandchild', 'child', 'nosuch']), input: { way } };
      return task('START_WORKFLOW', `st${n}`, { ...more, inputParameters: way % 9 === 0 ? {} : { startWorkflow } });
    }
    case 'look':
      return task('GET_WORKFLOW', `gw${n}`, { ...more, inputParameters: { id: workflowId, includeTasks: true } });
    case 'update': {
      const taskRefName = `${one(way, ['a', 'b', 'hu', 'wa', 'j', 'lp'])}${n - 1 - (way % 2)}`;
      const taskStatus = one(way >> 3, ['COMPLETED', 'FAILED', 'IN_PROGRESS']);
      return task('UPDATE_TASK', `up${n}`, { ...more, inputParameters: { workflowId, taskRefName, taskStatus } });
    }
  }
}

function generated(n: number, way: number): readonly JsonObject[] {
  const again = { loopCondition: `$.gl${n}.iteration < 2`, loopOver: [{ ...simple(`gi${n}`), name: 'b' }] };
  const all = [
    { ...simple(`ga${n}`), name: 'a' },
    choice(`gs${n}`, { '0': [{ ...simple(`gb${n}`), name: 'b' }, task('NOOP', `gn${n}`)] }),
    sub(`gc${n}`, { name: 'grandchild' }),
    task('DO_WHILE', `gl${n}`, again),
  ];
  const dt = [...all.slice(way % 4), ...all.slice(0, way % 4)].slice(0, 1 + (way % 3));
  const byTask = { dynamicForkTasksParam: 'dt', dynamicForkTasksInputParamName: 'di', inputParameters: { dt, di: {} } };
  const byInput = { inputParameters: { forkTaskName: 'b', forkTaskInputs: [1, { p: 2 }].slice(way % 2) } };
  return [
    task('FORK_JOIN_DYNAMIC', `g${n}`, { ...(way % 2 === 0 ? byTask : byInput), optional: way % 10 === 0 }),
    join(`h${n}`, []),
  ];
}
