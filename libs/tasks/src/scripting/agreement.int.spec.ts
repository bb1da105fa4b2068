import { beforeAll, describe, expect, it } from '@jest/globals';
import { compileScript } from '@partitura/expressions';
import {
  newQuickJSWASMModuleFromVariant,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core';
import { RandomScript } from '../testing/programs/random-script.ts';

const input = {
  n: 4,
  s: ' Some text ',
  t: true,
  f: 2.75,
  o: { a: 1, deep: { b: 'c' }, 7: 'seven' },
  list: [3, 'b', null, 1.5, [2, 1]],
  rows: [{ v: 2 }, { v: 'z' }, { v: null }],
};
const seeds = Number(process.env['PARTITURA_SEEDS'] ?? 5_000);
const firstSeed = Number(process.env['PARTITURA_FIRST_SEED'] ?? 1);

describe('the interpreter of decisions and the full engine', () => {
  let quickjs: QuickJSWASMModule;
  beforeAll(async () => {
    const { default: variant } = await import('@jitl/quickjs-wasmfile-release-sync');
    quickjs = await newQuickJSWASMModuleFromVariant(variant as unknown as QuickJSSyncVariant);
  });

  /** JSON of the value, or the kind of error. */
  function inQuickJs(program: string): string {
    const vm = quickjs.newContext();
    try {
      vm.unwrapResult(vm.evalCode(`globalThis.$ = ${JSON.stringify(input)}`)).dispose();
      const result = vm.evalCode(program, 'script', { type: 'global' });
      if (result.error !== undefined) {
        const thrown = vm.dump(result.error) as { readonly name?: string };
        result.error.dispose();
        return `threw ${thrown.name ?? 'a value'}`;
      }
      vm.setProp(vm.global, 'result', result.value);
      result.value.dispose();
      const text = vm.unwrapResult(vm.evalCode('JSON.stringify(result)'));
      const json = vm.typeof(text) === 'string' ? vm.getString(text) : 'null';
      text.dispose();
      return json;
    } finally {
      vm.dispose();
    }
  }

  it(`agree on ${seeds} programs, wherever the interpreter answers`, () => {
    const disagreements: string[] = [];
    let answered = 0;
    for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
      const program = new RandomScript(seed).program();
      const outcome = compileScript(program).run({ $: input }, { left: 100_000 });
      if ('beyond' in outcome) continue;
      answered++;
      const ours = 'ok' in outcome ? JSON.stringify(outcome.ok) : `threw ${outcome.error.split(':')[0]}`;
      const theirs = inQuickJs(program);
      if (ours !== theirs)
        disagreements.push(`seed ${seed}: ${program}\n  interpreter ${ours}\n  QuickJS     ${theirs}`);
    }
    expect(disagreements.slice(0, 10).join('\n')).toBe('');
    expect(answered).toBeGreaterThan(seeds * 0.75);
  });
});
