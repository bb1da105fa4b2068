import { it } from '@jest/globals';
import { mutants } from './mutants.ts';
import { simulate, trace } from './simulate.ts';
import { appendFileSync } from 'node:fs';

it('traces', async () => {
  const seed = Number(process.env['TRACE'] ?? 0);
  if (!seed) return;
  const mutant = process.env['MUTANT'] ? mutants[process.env['MUTANT']] : undefined;
  appendFileSync(
    '/tmp/trace.txt',
    await trace({
      seed,
      ...(mutant?.rules ? { rules: mutant.rules } : {}),
      ...(mutant?.identity ? { identity: mutant.identity } : {}),
      ...(mutant?.weather ? { weather: mutant.weather } : {}),
    }),
  );
}, 100_000);
it('hunts', async () => {
  if (process.env['TRACE']) return;
  const from = Number(process.env['FROM'] ?? 1);
  const n = Number(process.env['N'] ?? 20);
  const names = (process.env['MUTANT'] ?? '').split(',');
  const out = process.env['OUT'] ?? '/tmp/hunt.txt';
  process.on('unhandledRejection', (e) =>
    appendFileSync(out, `UNHANDLED ${e instanceof Error ? e.stack : String(e)}\n`),
  );
  for (const name of names) {
    const mutant = name ? mutants[name]! : undefined;
    const began = performance.now();
    const f = process.env['FROM'] ? from : (mutant?.from ?? 1);
    for (let seed = f; seed < f + n; seed++) {
      const t = performance.now();
      try {
        const { counts } = await simulate({
          seed,
          ...(mutant?.rules ? { rules: mutant.rules } : {}),
          ...(mutant?.identity ? { identity: mutant.identity } : {}),
          ...(mutant?.weather ? { weather: mutant.weather } : {}),
        });
        if (!name)
          appendFileSync(
            out,
            `seed ${seed} ok ${Math.round(performance.now() - t)} ms ${JSON.stringify([...counts])}\n`,
          );
      } catch (e) {
        appendFileSync(
          out,
          `${name} seed ${seed} ${Math.round(performance.now() - t)} ms: ${e instanceof Error ? e.name + ': ' + e.message + (e.name !== 'Violation' ? e.stack : '') : String(e)}\n`,
        );
        if (name && mutant!.caughtBy.test((e as Error).message)) break;
      }
    }
    if (name) appendFileSync(out, `--- ${name} done ${Math.round(performance.now() - began)} ms\n`);
  }
}, 3_000_000);
