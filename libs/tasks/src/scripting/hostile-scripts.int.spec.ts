import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ProgramEngine, type ProgramAnswer } from './program-engine.executor.ts';

interface Probe {
  readonly tries: string;
  readonly program: string;
}

const probes = JSON.parse(
  readFileSync(new URL('../testing/programs/hostile-scripts.json', import.meta.url), 'utf8'),
) as readonly Probe[];

const input = JSON.stringify({ $: { n: 1, s: 'text', list: [1, 'b', null], o: { k: { deep: true } } } });
const marker = 'PARTITURA_SECRET_OF_THE_HOST';

/** Endless and exploding ones are tried one of five: ending a thread takes its time. */
const chosen = probes.filter(
  ({ tries }, at) =>
    !['endless', 'memory', 'recursion', 'regex', 'texts', 'getters', 'conversions'].includes(tries) || at % 5 === 0,
);

describe(`${chosen.length} hostile programs in the full engine`, () => {
  const engine = new ProgramEngine({ timeoutMs: 300, threads: 2 });
  afterAll(() => engine.close());

  it('are answered or ended, reach nothing of the host, and leave nothing behind', async () => {
    process.env[marker] = marker;
    const never = new AbortController().signal;
    const answers = await Promise.all(
      chosen.map(async ({ tries, program }): Promise<readonly [string, string, ProgramAnswer]> => [
        tries,
        program,
        await engine.run('javascript', program, input, never),
      ]),
    );
    const text = JSON.stringify(answers.map(([, , answer]) => answer));
    for (const trace of [marker, process.execPath, process.cwd(), process.version, 'node_modules'])
      expect(text).not.toContain(trace);
    const endless = answers.filter(([tries, , answer]) => tries === 'endless' && 'value' in answer);
    expect(endless.filter(([, program]) => !/async|Promise|Atomics|Set|forEach|sort/.test(program))).toEqual([]);
    expect(await engine.run('javascript', '[typeof polluted, Math.max(1, 2)]', input, never)).toEqual({
      value: ['undefined', 2],
    });
  });
});
