import { afterEach, describe, expect, it } from '@jest/globals';
import { Payload, type JsonObject } from '@partitura/model';
import { Scenario } from '../testing/scenario.ts';
import { simple, task, taskDef, workflow } from '../testing/shapes.ts';

const inherited = ['constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'] as const;
const scenarioOf = (...tasks: readonly JsonObject[]): Scenario =>
  new Scenario({ tasks: [taskDef('a')], workflows: [workflow('w', tasks)] });
const read = (paths: Readonly<Record<string, string>>) =>
  simple('a1', {
    inputParameters: Object.fromEntries(Object.entries(paths).map(([key, path]) => [key, `\${${path}}`])),
  });

/** What every object of this process would have, had a name got through. */
const pollution = (): unknown =>
  ({ ...({} as { polluted?: unknown }), found: ({} as { polluted?: unknown }).polluted }).found;

describe('names that mean something to the language we are written in', () => {
  afterEach(() => expect([pollution(), Object.keys(Object.prototype)]).toEqual([undefined, []]));

  it.each(inherited)('(%s) resolve to nothing where nobody gave them a value', (name) => {
    const run = scenarioOf(
      task('SET_VARIABLE', 'v', { inputParameters: { own: 1 } }),
      read({
        input: `workflow.input.${name}`,
        variable: `workflow.variables.${name}`,
        deep: `workflow.input.o.${name}.name`,
        quoted: `workflow.input['${name}']`,
        task: `${name}.output.x`,
        output: `v.output.${name}`,
      }),
    ).start('w', { o: {} });
    expect(run.task('a1').input).toEqual({
      input: null,
      variable: null,
      deep: null,
      quoted: null,
      task: null,
      output: null,
    });
  });

  it('never reach a prototype as variables, inputs, outputs or cases', () => {
    const evil = Payload.fromBytes(
      Buffer.from('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
    );
    const scenario = scenarioOf(
      simple('a1'),
      task('SET_VARIABLE', 'v', {
        inputParameters: { constructor: { prototype: { polluted: 1 } }, copy: '${a1.output}' },
      }),
      task('SWITCH', 's', {
        evaluatorType: 'value-param',
        expression: 'c',
        inputParameters: { c: 'constructor' },
        decisionCases: { constructor: [simple('a2', { inputParameters: { all: '${workflow.variables}' } })] },
      }),
    );
    const run = scenario.start('w');
    run.complete('a1', evil.object);
    expect(run.task('a2').status).toBe('SCHEDULED');
    expect(Object.getPrototypeOf(run.task('a2').input)).not.toHaveProperty('polluted');
  });

  it('can be names of tasks, which run, and are read by them unless references never resolve the name', () => {
    for (const [name, done] of [
      ['toString', true],
      ['constructor', null],
    ] as const) {
      const run = scenarioOf(simple(name), read({ done: `${name}.output.done` })).start('w');
      run.complete(name, { done: true });
      expect(run.task('a1').input).toEqual({ done });
    }
  });
});
