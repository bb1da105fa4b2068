import type { Conductor } from './conductor.ts';
import { noop, waiting } from './definitions.ts';
import { closedLoop } from './loops.ts';

const portion = 10_000;

/** An installation that has lived: workflows that ended, and others that wait. */
export async function startHistory(
  conductor: Conductor,
  finished: number,
  open: number,
  progress: (text: string) => void,
): Promise<void> {
  if (finished + open === 0) return;
  await conductor.register([noop('bench_past'), waiting('bench_open')], []);
  const start = async (name: string, count: number): Promise<void> => {
    for (let done = 0; done < count; done += portion) {
      await closedLoop(Math.min(portion, count - done), 64, () => conductor.start(name));
      progress(`  ${name}: ${Math.min(done + portion, count)} of ${count}`);
    }
  };
  await start('bench_past', finished);
  await start('bench_open', open);
}
