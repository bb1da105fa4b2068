import { afterAll, describe, expect, it } from '@jest/globals';
import { ProgramEngine, type ProgramAnswer, type ProgramRun } from './program-engine.executor.ts';

const engine = new ProgramEngine({ timeoutMs: 400, threads: 2 });
afterAll(() => engine.close());

const never = new AbortController().signal;
const script = (program: string, $: unknown = null): Promise<ProgramAnswer> =>
  engine.run('javascript', program, JSON.stringify({ $ }), never);
const jq = (program: string, input: unknown): Promise<ProgramAnswer> =>
  engine.run('jq', program, JSON.stringify(input), never);

describe('the engine of programs', () => {
  it.each<[string, unknown]>([
    ['$.x + 1', 3],
    ['new Date(0).toISOString()', '1970-01-01T00:00:00.000Z'],
    ['[...new Set($.l)]', ['a', 'b']],
    ['/a+/.exec("baab")[0]', 'aa'],
    ['undefined', null],
    ['$.l.get(0) + $.l.size() + $.containsKey("x")', 'a3true'],
    ['$.size', null],
  ])('answers with the value of a script: %s', async (program, value) => {
    expect(await script(program, { x: 2, l: ['a', 'b', 'b'] })).toEqual({ value });
  });

  it.each([
    ['throw new Error("boom")', { error: 'Error: boom' }],
    ['\n$.a.b', { error: "TypeError: Cannot read property 'a' of null", line: 2 }],
    ['1 +', { error: expect.stringMatching(/^SyntaxError: /), line: 1 }],
  ])('tells what a script threw: %s', async (program, error) => {
    expect(await script(program)).toEqual(error);
  });

  it('runs jq', async () => {
    expect(await jq('.a[] | . * 2', { a: [1, 2] })).toEqual({ value: [2, 4] });
    expect(await jq('.a.b', { a: 1 })).toEqual({ error: 'Cannot index number with string "b"' });
    expect(await jq('empty', null)).toEqual({ value: [] });
  });

  it('starts every script anew, with nothing of the process in reach', async () => {
    await script('globalThis.left = 1; Object.prototype.left = 2; Array.prototype.map = null');
    const seen = 'typeof left + typeof ({}).left + typeof [].map + typeof process + typeof require + typeof fetch';
    expect(await script(seen)).toEqual({ value: 'undefinedundefinedfunctionundefinedundefinedundefined' });
  });

  it('tells of every run how long it took, and whether it was ended', async () => {
    const runs: ProgramRun[] = [];
    const told = new ProgramEngine({ timeoutMs: 200, threads: 1, onRun: (run) => runs.push(run) });
    try {
      await told.run('javascript', '1', '{}', never);
      await told.run('jq', '.a.b', '{"a":1}', never);
      await told.run('javascript', 'for (;;) {}', '{}', never);
    } finally {
      await told.close();
    }
    expect(runs.map(({ language, killed }) => [language, killed])).toEqual([
      ['javascript', false],
      ['jq', false],
      ['javascript', true],
    ]);
    expect(runs[2]?.seconds).toBeGreaterThan(0.15);
    for (const { seconds } of runs) expect(seconds).toBeLessThan(30);
  });

  it('ends what does not end, and runs others meanwhile', async () => {
    const endless = script('for (;;) {}');
    const native = script('new Array(2e7).fill(0).map(String).sort().join("").split("").sort()');
    expect(await endless).toHaveProperty('stopped');
    expect(await native).not.toHaveProperty('value');
    expect(await script('1 + 1')).toEqual({ value: 2 });
  });

  it('does not begin again what had to be ended three times', async () => {
    for (let kills = 0; kills < 3; kills++) await script('while (true) {}');
    expect(await script('while (true) {}')).toEqual({ stopped: expect.stringContaining('not run again') });
  });

  it('ends a jq program that does not end', async () => {
    expect(await jq('[range(infinite)]', null)).toHaveProperty('stopped');
  });

  it('gives up what nobody waits for', async () => {
    expect(await engine.run('javascript', '1', '{}', AbortSignal.abort())).toHaveProperty('stopped');
  });
});
