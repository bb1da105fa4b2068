import type { JsonObject } from '@partitura/model';
import { Definitions } from '../definitions.ts';
import { choice, fork, join, simple, sub, task, taskDef, workflow } from '../shapes.ts';
import type { Seeded } from './seeded.ts';
import type { Shape } from './shape.ts';

/** The definitions of a random world: a workflow `w` of these shapes, what it uses, and how its workers are limited. */
export function definitionsOf(shapes: readonly Shape[], seeded: Seeded): Definitions {
  const definitions = new Definitions();
  const more = seeded.chance(20) ? { timeoutSeconds: 20, timeoutPolicy: 'TIME_OUT_WF' } : {};
  const rescue = seeded.chance(20) ? { failureWorkflow: 'rescue' } : {};
  const shown = seeded.chance(20) ? { outputParameters: { v: '${workflow.variables}', i: '${workflow.input.v}' } } : {};
  for (const name of ['a', 'b', 'hu', 'wa', 'HTTP']) definitions.putTask(taskDef(name, limits(seeded)));
  definitions.putWorkflow(workflow('w', new Writer().list(shapes), { ...more, ...rescue, ...shown }));
  definitions.putWorkflow(
    workflow('child', [simple('b1', { optional: seeded.chance(10) }), sub('g1', { name: 'grandchild' })]),
  );
  definitions.putWorkflow(workflow('grandchild', [simple('a1')]));
  definitions.putWorkflow(workflow('rescue', [simple('a1')]));
  return definitions;
}

/** Retries and time-outs of a task definition, most often some of each. */
function limits(seeded: Seeded): JsonObject {
  return {
    retryCount: seeded.int(3),
    retryDelaySeconds: seeded.int(3),
    retryLogic: seeded.pick(['FIXED', 'LINEAR_BACKOFF', 'EXPONENTIAL_BACKOFF']),
    responseTimeoutSeconds: seeded.pick([2, 4, 3600]),
    timeoutSeconds: seeded.pick([0, 0, 5, 3600]),
    pollTimeoutSeconds: seeded.pick([0, 0, 3]),
    totalTimeoutSeconds: seeded.pick([0, 0, 0, 8]),
    timeoutPolicy: seeded.pick(['RETRY', 'RETRY', 'RETRY', 'ALERT_ONLY', 'TIME_OUT_WF']),
  };
}

/** Writes shapes as Conductor's JSON. References are unique; a join names the last task of every branch. */
class Writer {
  #count = 0;

  list(shapes: readonly Shape[]): JsonObject[] {
    return shapes.flatMap((shape) => this.#one(shape));
  }

  #one({ kind, way, lists }: Shape): JsonObject[] {
    const n = ++this.#count;
    switch (kind) {
      case 'simple':
        return [simple(`${way % 2 === 0 ? 'a' : 'b'}${n}`, { ...flags(way), inputParameters: this.#inputs(n) })];
      case 'http':
        return [task('HTTP', `ht${n}`, { ...flags(way), asyncComplete: way % 3 === 0 })];
      case 'unknown':
        return [task('MY_TYPE', `u${n}`, flags(way))];
      case 'noop':
        return [task('NOOP', `n${n}`)];
      case 'variable':
        return [task('SET_VARIABLE', `v${n}`, { inputParameters: { [`k${way % 3}`]: way } })];
      case 'wait':
        return [{ ...task('WAIT', `wa${n}`, { ...flags(way), inputParameters: durations(way) }), name: 'wa' }];
      case 'human':
        return [{ ...task('HUMAN', `hu${n}`, flags(way)), name: 'hu' }];
      case 'child':
        return [sub(`c${n}`, child(way), { ...flags(way), retryCount: way % 2 })];
      case 'dynamic':
        return [
          task('DYNAMIC', `d${n}`, {
            ...flags(way),
            dynamicTaskNameParam: 't',
            inputParameters: { t: one(way, ['a', 'b', 'NOOP', 'HUMAN']) },
          }),
        ];
      case 'generated':
        return [...generated(n, way)];
      case 'terminate':
        return [
          task('TERMINATE', `te${n}`, {
            inputParameters: {
              terminationStatus: one(way, ['COMPLETED', 'FAILED', 'TERMINATED']),
              workflowOutput: { way },
            },
          }),
        ];
      case 'fork': {
        const branches = lists.map((list) => this.list(list));
        const last = branches.flatMap((branch) =>
          branch.length > 0 ? [branch.at(-1)?.['taskReferenceName'] as string] : [],
        );
        return [fork(`f${n}`, branches), join(`j${n}`, way % 5 === 0 ? last.slice(1) : last)];
      }
      case 'switch': {
        const [otherwise = [], ...cases] = lists.map((list) => this.list(list));
        return [choice(`sw${n}`, Object.fromEntries(cases.map((list, i) => [String(i), list])), otherwise)];
      }
    }
  }

  /** Looks back at something that ran before, or beside it, or never. */
  #inputs(n: number): JsonObject {
    return { before: `\${a${n - 1}.output.from}`, variable: 'k0=${workflow.variables.k0}', me: '${CPEWF_TASK_ID}' };
  }
}

const one = (way: number, words: readonly string[]): string => words[way % words.length] ?? '';

const flags = (way: number): JsonObject => ({
  optional: way % 7 === 0,
  permissive: way % 11 === 0,
  startDelay: way % 13 === 0 ? 2 : 0,
});

const durations = (way: number): JsonObject => (way % 4 === 0 ? {} : { duration: `${way % 6} s` });

function child(way: number): JsonObject {
  if (way % 17 === 0) return { name: 'nosuch', version: 1 };
  if (way % 3 === 0) return { workflowDefinition: workflow('inline', [simple('a1'), task('NOOP', 'n1')]) };
  return { name: way % 3 === 1 ? 'child' : 'grandchild' };
}

function generated(n: number, way: number): readonly JsonObject[] {
  const dt = [
    { ...simple(`ga${n}`), name: 'a' },
    choice(`gs${n}`, { '0': [{ ...simple(`gb${n}`), name: 'b' }, task('NOOP', `gn${n}`)] }),
    sub(`gc${n}`, { name: 'grandchild' }),
  ].slice(0, 1 + (way % 3));
  const byTask = { dynamicForkTasksParam: 'dt', dynamicForkTasksInputParamName: 'di', inputParameters: { dt, di: {} } };
  const byInput = { inputParameters: { forkTaskName: 'b', forkTaskInputs: [1, { p: 2 }].slice(way % 2) } };
  return [
    task('FORK_JOIN_DYNAMIC', `g${n}`, { ...(way % 2 === 0 ? byTask : byInput), optional: way % 10 === 0 }),
    join(`h${n}`, []),
  ];
}
