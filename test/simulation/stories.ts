import { calm, type Faults } from '@partitura/log-simulated';
import { aggregateId, type AggregateId } from '@partitura/model';
import { retry, signal, startOf } from './outside.ts';
import type { Scene } from './scene.ts';
import type { Weather } from './weather.ts';

/** Time that a request takes when nothing goes wrong. */
export const fair: Faults = { ...calm, latencyMs: 1, timeoutMs: 400, sessionTimeoutMs: 1_500, heartbeatMs: 100 };

/** Nothing goes wrong by chance: for stories in which it goes wrong on purpose. */
export const windless: Partial<Weather> = {
  partitions: 2,
  processes: 1,
  faults: fair,
  skewMs: 0,
  truncates: false,
};

/** What happens instead of a storm, where chance would need too long to come upon it. */
export type Story = (scene: Scene) => Promise<void>;

/** Ids of toy workflows that live in one partition. */
export function idsIn(scene: Scene, partition: number, count: number): readonly AggregateId[] {
  const ids: AggregateId[] = [];
  for (let i = 0; ids.length < count; i++) {
    const id = aggregateId(`s${i}`);
    if (scene.installation.partitionOf(id) === partition) ids.push(id);
  }
  return ids;
}

/**
 * An ended workflow is asked for in the archive; the same id is started again, and the answer comes in the same breath.
 * The answer tells an older life: it must not be taken.
 */
export const answerAfterRestart: Story = async (scene) => {
  const { world, outside } = scene;
  const [ended, other] = idsIn(scene, 0, 2) as [AggregateId, AggregateId];
  scene.begin();
  outside.holdsRevivals = true;
  outside.errs = false;
  outside.send(ended, startOf('quick'));
  await world.pass(2_000);
  outside.send(other, startOf('quick'));
  await world.pass(2_000);
  outside.send(ended, retry);
  await world.run(() => outside.hasRevivalTask);
  outside.send(ended, startOf('nap'));
  outside.answerRevivals();
  await world.pass(2_000);
};

/** The same id ends twice at the same version; the archive knows only the first end when it is asked. */
export const archiveKnowsTheFirstLife: Story = async (scene) => {
  const { world, outside } = scene;
  const [reused, other] = idsIn(scene, 0, 2) as [AggregateId, AggregateId];
  scene.begin();
  outside.holdsRevivals = true;
  outside.errs = false;
  outside.send(reused, startOf('quick'));
  await world.pass(2_000);
  world.kill('archive');
  outside.send(other, startOf('quick'));
  await world.pass(2_000);
  outside.send(reused, startOf('quick'));
  await world.pass(2_000);
  outside.send(reused, retry);
  await world.run(() => outside.hasRevivalTask);
  outside.answerRevivals();
  await world.pass(1_000);
};

/**
 * An owner's batch lands, but its acknowledgement is lost; another owner claims, and falls silent; then a late copy of
 * the first owner's claim lands, and then the batch again. Token and batch look right; the epoch does not.
 */
export const lateCopyOfTheOwnClaim: Story = async (scene) => {
  const { world, outside, installation } = scene;
  const { journal } = installation.names;
  const [first, second] = idsIn(scene, 0, 2) as [AggregateId, AggregateId];
  const [mine, rival] = scene.deciders.map((decider) => decider.name) as [string, string];
  outside.errs = false;
  let claims = 0;
  let batchesToLose = 0;
  let rivalClaims = false;
  world.direct(({ process, name, topic, partition }) => {
    if (name !== 'append' || topic !== journal || partition !== 0) return { kind: 'fine' };
    if (process === rival) rivalClaims = true;
    if (process !== mine) return { kind: 'fine' };
    if (claims++ === 0) return { kind: 'doubled', apartMs: 6_000, answers: 'first' };
    return batchesToLose-- > 0 ? { kind: 'ack lost' } : { kind: 'fine' };
  });
  scene.deciders[0]?.start();
  await world.run(() => scene.owns(mine, 0));
  scene.begin();
  await world.pass(500);
  outside.send(first, startOf('nap'));
  await world.pass(1_500);
  world.setFaults({ ...fair, timeoutMs: 6_000 });
  world.cut(mine, 'groups');
  await world.pass(1_000);
  batchesToLose = 1;
  outside.send(first, signal);
  await world.run(() => rivalClaims);
  await world.pass(20);
  world.freeze(rival);
  await world.pass(6_500);
  outside.send(second, startOf('work'));
  await world.pass(2_000);
};
