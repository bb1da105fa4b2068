import { gather } from './check/evidence.ts';
import { traceOf } from './check/trace.ts';
import { Scene, type SceneOptions } from './scene.ts';
import { conclude, nobodyWentOnSilently, untilQuiet } from './watch.ts';

export interface RunReport {
  readonly seed: number;
  /** Faults that fired and things that happened, by name. */
  readonly counts: ReadonlyMap<string, number>;
}

/** How long the calm may take before it counts as endless, virtual ms. */
const calmMs = 180_000;

/** What the journals hold at the end of a run, for a person to read; the run may be one that breaks the protocol. */
export async function trace(options: SceneOptions): Promise<string> {
  const scene = new Scene(options);
  await (options.story ? options.story(scene) : scene.storm());
  scene.clear();
  await scene.world.pass(5_000);
  return traceOf(gather(scene.world, scene.installation));
}

/** One run, a function of its seed: a storm, a calm, and then the checks. Throws `Violation` when the protocol broke. */
export async function simulate(options: SceneOptions): Promise<RunReport> {
  const scene = new Scene(options);
  await (options.story ? options.story(scene) : scene.storm());
  scene.clear();
  const counts = new Map(scene.world.counters);
  if (counts.has('truncation')) {
    await scene.world.pass(10_000);
    counts.set('readers halted by a truncation', nobodyWentOnSilently(scene));
  } else {
    const findings = await untilQuiet(scene, calmMs);
    await conclude(scene, findings);
    for (const { entry } of findings.histories.flat()) {
      const what =
        entry.kind === 'decision'
          ? `outcome ${entry.outcome.kind}`
          : `${entry.kind} ${'why' in entry ? entry.why : ''}`;
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
  }
  return { seed: options.seed, counts };
}
