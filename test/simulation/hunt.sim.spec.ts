import { it } from '@jest/globals';
import { mutants } from './mutants.ts';
import { simulate, BrokenRun } from './simulate.ts';
import { appendFileSync } from 'node:fs';

const env = process.env;
const out = env['OUT'] ?? '/tmp/hunt.txt';
it('traces', async () => {
  const seed = Number(env['TRACE'] ?? 0);
  if (!seed) return;
  const mutant = env['MUTANT'] ? mutants[env['MUTANT']] : undefined;
  appendFileSync(
    '/tmp/trace.txt',
    await simulate({ seed, ...(mutant ?? {}) }).then(
      () => 'ok',
      (e) => (e instanceof BrokenRun ? e.trace : String(e)),
    ),
  );
}, 100_000);
it('hunts', async () => {
  if (env['TRACE']) return;
  const from = Number(env['FROM'] ?? 1);
  const n = Number(env['N'] ?? 20);
  process.on('unhandledRejection', (e) =>
    appendFileSync(out, `UNHANDLED ${e instanceof Error ? e.stack : String(e)}\n`),
  );
  for (const name of (env['MUTANT'] ?? '').split(',')) {
    const mutant = name ? mutants[name]! : undefined;
    const began = performance.now();
    const f = env['FROM'] ? from : (mutant?.from ?? 1);
    let caught = false;
    for (let seed = f; seed < f + n && !caught; seed++) {
      const t = performance.now();
      try {
        const { counts } = await simulate({ seed, ...(mutant ?? {}) });
        if (!name)
          appendFileSync(
            out,
            `seed ${seed} ok ${Math.round(performance.now() - t)} ms ${JSON.stringify([...counts])}\n`,
          );
      } catch (e) {
        const message = e instanceof Error ? e.message : String(e);
        appendFileSync(
          out,
          `${name} seed ${seed} ${Math.round(performance.now() - t)} ms: ${(e as Error).name} ${message} ${(e as Error).name === 'Violation' ? '' : (e as Error).stack}\n`,
        );
        caught = mutant?.caughtBy.test(e instanceof BrokenRun ? e.finding : message) ?? false;
        if (caught) appendFileSync(out, `FIRST ${name} ${seed}\n`);
      }
    }
    if (name)
      appendFileSync(
        out,
        `--- ${name} ${caught ? 'caught' : 'NOT CAUGHT'} ${Math.round(performance.now() - began)} ms\n`,
      );
  }
}, 3_000_000);
