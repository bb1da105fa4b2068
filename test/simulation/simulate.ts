import { gather } from './check/evidence.ts';
import { traceOf } from './check/trace.ts';
import { Violation } from './check/violation.ts';
import { Scene, type SceneOptions } from './scene.ts';
import { conclude, nobodyWentOnSilently, readersHaveRead, untilQuiet, type Findings } from './watch.ts';

export interface RunReport {
  readonly seed: number;
  readonly scene: Scene;
  /** Absent after a truncation: then there is no one history to speak of. */
  readonly findings?: Findings;
  /** Faults that fired and things that happened, by name. */
  readonly counts: ReadonlyMap<string, number>;
}

/** The protocol broke: what the checker said, and what the journals held. The run can be had again by its seed. */
export class BrokenRun extends Error {
  readonly seed: number;
  /** All journals, a line per record. */
  readonly trace: string;

  constructor(seed: number, violation: Violation, trace: string) {
    const lastLines = trace.split('\n').slice(-40).join('\n');
    super(`seed ${seed}: ${violation.message}\n\nThe end of the journals:\n${lastLines}`, { cause: violation });
    this.name = 'BrokenRun';
    this.seed = seed;
    this.trace = trace;
  }

  /** What the checker said. */
  get finding(): string {
    return (this.cause as Violation).message;
  }
}

/** How long the calm may take before it counts as endless, virtual ms. */
const calmMs = 180_000;

/** One run, a function of its seed: a storm or a story, a calm, and then the checks. Throws {@link BrokenRun}. */
export async function simulate(options: SceneOptions): Promise<RunReport> {
  const scene = new Scene(options);
  try {
    return await play(scene, options);
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    throw new BrokenRun(options.seed, error, traceOf(gather(scene.world, scene.evidence)));
  }
}

async function play(scene: Scene, { seed, story }: SceneOptions): Promise<RunReport> {
  await (story ? story(scene) : scene.storm());
  scene.clear();
  const counts = new Map(scene.world.counters);
  if (counts.has('truncation')) {
    await scene.world.pass(10_000);
    for (let waited = 0; waited < 60 && !readersHaveRead(scene); waited++) await scene.world.pass(100);
    counts.set('readers halted by a truncation', nobodyWentOnSilently(scene));
    return { seed, scene, counts };
  }
  const findings = await untilQuiet(scene, calmMs);
  await conclude(scene, findings);
  for (const what of happenings(findings)) counts.set(what, (counts.get(what) ?? 0) + 1);
  return { seed, scene, findings, counts };
}

/** What a run came upon, so that a silent gap in the toy or the weather shows. */
function* happenings({ evidence, histories }: Findings): Generator<string> {
  for (const { record } of evidence.journals.flat()) if (record.kind === 'claim') yield 'claim';
  for (const { entry } of histories.flat()) {
    if (entry.kind === 'checkpoint') yield 'checkpoint';
    if (entry.kind === 'snapshot' && entry.part === 0) yield `snapshot: ${entry.why}`;
    if (entry.kind !== 'decision') continue;
    yield `outcome: ${entry.outcome.kind}`;
    yield `cause: ${entry.cause.kind}`;
    for (const event of entry.events) {
      yield event.type === 'TaskEnded' ? `event: TaskEnded ${event.status}` : `event: ${event.type}`;
    }
  }
}
