import { describe, expect, it } from '@jest/globals';
import { foldFromCheckpoint, foldFromStart } from './restore.ts';
import { Installation, type Tally } from './spec/installation.ts';
import { instruct, start } from './spec/tally-domain.ts';

describe('folding a journal', () => {
  it('gives what its owner knew, from the start and from a checkpoint', async () => {
    const at = new Installation();
    const host = await at.open([0]);
    await at.tell('w0', start());
    await at.tell('w0', instruct('a', 'b'));
    await at.tell('w2', start('poison'));
    host.checkpoint(0);
    await at.clock.pass(3_000);
    await at.tell('w0', instruct('c'));
    const { offset = -1 } = at.log.committedOffsets.get('restore journal[0]') ?? {};
    const alive = { alive: true };
    const end = at.journal().length;
    const folds = [foldFromStart(at.ports(), 0), await foldFromCheckpoint(at.ports(), 0, offset, 0, alive)];
    for (const fold of folds) {
      await fold.through(end, alive);
      const [w0] = [...fold.state.live.values()];
      expect((w0?.state as Tally).done).toEqual(['a', 'b', 'c']);
      expect([w0?.version, fold.state.inputPosition, fold.state.live.size]).toEqual([3, 4, 1]);
    }
    expect(folds.map(({ records }) => records < end)).toEqual([false, true]);
  });
});
