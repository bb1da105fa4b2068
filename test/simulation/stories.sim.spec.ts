import { describe, expect, it } from '@jest/globals';
import type { AggregateId } from '@partitura/model';
import { groupNames } from '@partitura/wire';
import { startOf } from './outside.ts';
import type { Scene, SceneOptions } from './scene.ts';
import { simulate } from './simulate.ts';
import { idsIn, windless, type Story } from './stories.ts';
import { examine } from './watch.ts';

/** Many times every deadline and every window of these stories. */
const long = 60_000;
const tell = (story: Story, more: Partial<SceneOptions> = {}) =>
  simulate({ seed: 1, weather: { ...windless, processes: 2 }, story, ...more });

const first = (scene: Scene, partition: number): AggregateId => idsIn(scene, partition, 1)[0]!;

function allDie(scene: Scene): void {
  for (const { name } of scene.deciders) scene.world.kill(name);
}
function allStart(scene: Scene): void {
  for (const decider of scene.deciders) decider.start();
}
/** A workflow whose task nobody reports on yet. */
async function taskHandedOut(scene: Scene): Promise<void> {
  scene.outside.errs = false;
  scene.outside.holdsResults = true;
  scene.begin();
  scene.outside.send(first(scene, 0), startOf('work'));
  await scene.world.run(() => scene.outside.hasResults);
}

describe('an outage of all deciders that is longer than every deadline', () => {
  it('times out no task whose result waited in the commands', async () => {
    const { counts } = await tell(async (scene) => {
      await taskHandedOut(scene);
      allDie(scene);
      await scene.world.pass(long);
      scene.outside.report();
      await scene.world.pass(long);
      allStart(scene);
      await scene.world.pass(long);
    });
    expect(counts.get('event: TaskEnded COMPLETED')).toBe(1);
    expect(counts.has('event: TaskEnded TIMED_OUT')).toBe(false);
  });

  it('gives workers who could not report either some grace', async () => {
    const { counts } = await tell(async (scene) => {
      await taskHandedOut(scene);
      allDie(scene);
      await scene.world.pass(long);
      allStart(scene);
      await scene.world.run(() => scene.deciders.some(({ name }) => scene.owns(name, 0)));
      await scene.world.pass(scene.settings.deadlineGraceMs / 2);
      scene.outside.report();
      await scene.world.pass(long);
    });
    expect(counts.get('event: TaskEnded COMPLETED')).toBe(1);
    expect(counts.has('event: TaskEnded TIMED_OUT')).toBe(false);
  });

  it('times out a task that nobody reports on when the grace is over', async () => {
    let grace = 0;
    const { findings } = await tell(async (scene) => {
      grace = scene.settings.deadlineGraceMs;
      await taskHandedOut(scene);
      allDie(scene);
      await scene.world.pass(long);
      allStart(scene);
      await scene.world.pass(grace + 3_000);
    });
    const journal = findings?.evidence.journals[0] ?? [];
    const recovery = journal.filter(({ record }) => record.kind === 'claim').at(-1)!.time;
    const timedOut = journal.filter(
      ({ record }) =>
        record.kind === 'decision' &&
        record.events.some((event) => event.type === 'TaskEnded' && event.status === 'TIMED_OUT'),
    );
    expect(timedOut[0]!.time - recovery).toBeGreaterThanOrEqual(grace);
    expect(timedOut[0]!.time - recovery).toBeLessThan(grace + 1_000);
  });
});

describe('a partition that cannot write for longer than any window', () => {
  it('has its commands applied once, however often they are sent', async () => {
    const { counts, findings } = await tell(async (scene) => {
      const { world, outside, installation } = scene;
      const { journal, commands } = installation.names;
      const [parent] = idsIn(scene, 0, 1);
      let closed = false;
      // Whatever partition 1 sends lands, but is never acknowledged; then it cannot even claim for a long time.
      world.direct(({ name, topic, partition }) => {
        if (topic === journal && partition === 1 && closed) return { kind: 'refused' };
        return topic === commands && partition === 0 && name === 'append' ? { kind: 'ack lost' } : undefined;
      });
      outside.errs = false;
      scene.begin();
      for (let i = 0; i < 6; i++) {
        outside.send(parent!, startOf('ask-work'));
        await world.pass(2_000);
      }
      closed = true;
      allDie(scene);
      allStart(scene);
      await world.pass(long);
    });
    const checks = findings?.checks ?? [];
    expect([...(checks[0]?.applied.values() ?? [])].every((times) => times === 1)).toBe(true);
    expect(counts.get('outcome: duplicate')).toBeGreaterThan(0);
  });
});

describe('an owner under whom the journal is cut', () => {
  it('halts with an alarm at its next append, while other partitions go on', async () => {
    const halted: string[] = [];
    let goneOn = 0;
    await tell(
      async (scene) => {
        const { world, outside, installation } = scene;
        const at = { topic: installation.names.journal, partition: 0 };
        outside.errs = false;
        scene.begin();
        outside.send(first(scene, 0), startOf('quick'));
        await world.pass(3_000);
        world.truncate(at, world.offsets(at).end - 1);
        outside.send(first(scene, 0), startOf('nap'));
        outside.send(first(scene, 1), startOf('quick'));
        await world.pass(3_000);
        halted.push(...scene.alarms.map((alarm) => `${alarm.code} ${alarm.partition}`));
        goneOn = world.offsets({ ...at, partition: 1 }).end;
      },
      { weather: windless },
    );
    expect(halted).toEqual(['JOURNAL_TRUNCATED 0']);
    expect(goneOn).toBeGreaterThan(1);
  });
});

describe('a journal that was trimmed by policy', () => {
  it('is restored from the newest checkpoint that can be found when the pointer leads nowhere', async () => {
    let start = 0;
    await tell(async (scene) => {
      const { world, outside, installation } = scene;
      const { journal } = installation.names;
      outside.errs = false;
      scene.begin();
      for (let i = 0; i < 30; i++) {
        outside.send(idsIn(scene, 0, 8)[i % 8]!, startOf('ask-work'));
        await world.pass(400);
      }
      allDie(scene);
      for (const { entry } of examine(scene).histories[0] ?? []) if (entry.kind === 'checkpoint') start = entry.offset;
      world.trim({ topic: journal, partition: 0 }, start);
      const operator = world.process('operator');
      const nowhere = [{ topic: journal, partition: 0, offset: 0 }];
      await world.resolve(operator.log.commit(installation.topics.restoreGroup, nowhere));
      allStart(scene);
      outside.send(first(scene, 0), startOf('work'));
      await world.pass(5_000);
    });
    expect(start).toBeGreaterThan(0);
  });
});

describe('a journal whose owner trims it', () => {
  it('stays one history for owners who come later, and is never shorter than the archive needs', async () => {
    const starts: number[] = [];
    let archived = 0;
    const { findings } = await tell(
      async (scene) => {
        const { world, outside, installation } = scene;
        const { journal } = installation.names;
        const at = { topic: journal, partition: 0 };
        const reader = world.process('archive-pointer');
        outside.errs = false;
        scene.begin();
        for (let i = 0; i < 60; i++) {
          outside.send(idsIn(scene, 0, 8)[i % 8]!, startOf('ask-work'));
          await world.pass(400);
          if (i % 10 === 9 && i < 50) {
            archived = world.offsets(at).end;
            const position = { ...at, offset: archived };
            await world.resolve(reader.log.commit(groupNames('sim').archived, [position]));
          }
          if (i % 20 === 19) {
            allDie(scene);
            allStart(scene);
          }
          starts.push(world.offsets(at).start);
        }
      },
      { settings: { journalRetentionMs: 2_000 } },
    );
    expect(findings).toBeDefined();
    expect(new Set(starts).size).toBeGreaterThan(2);
    expect(Math.max(...starts)).toBeLessThanOrEqual(archived);
  });
});

describe('a decider that is closed', () => {
  it('leaves nothing undone: its successor goes on at once, without an outage', async () => {
    const { findings } = await tell(async (scene) => {
      const { world, outside, deciders } = scene;
      outside.errs = false;
      scene.begin();
      for (const plan of ['ask-work', 'work', 'wide'])
        outside.send(idsIn(scene, 0, 3)[plan.length % 3]!, startOf(plan));
      await world.pass(40);
      const [leaving] = deciders;
      await world.resolve(leaving!.close());
      expect(leaving!.partitions()).toEqual([]);
      world.kill(leaving!.name);
      await world.pass(1_000);
    });
    expect(findings?.checks.flatMap((check) => [...check.lives.keys()]).length).toBeGreaterThanOrEqual(3);
  });
});
