import { describe, expect, it } from '@jest/globals';
import { recordings, restArea, scenario } from './golden.ts';
import { notReplayedYet, wantedDifferences } from './wanted-differences.ts';

describe('the list of wanted differences', () => {
  const areas = recordings('rest');
  const scenarios = recordings('scenarios');

  it('names recordings and exchanges that exist', () => {
    const unknown = wantedDifferences.flatMap(({ recording, exchanges }) => {
      const known = new Set(exchangesOf(recording));
      return exchanges.filter((exchange) => !known.has(exchange)).map((exchange) => `${recording} ${exchange}`);
    });
    expect(unknown).toEqual([]);
  });

  it('calls nothing "not replayed yet" that is replayed', () => {
    const replayed = new Set([...areas, ...scenarios]);
    expect(
      Object.values(notReplayedYet)
        .flat()
        .filter((name) => replayed.has(name)),
    ).toEqual([]);
  });

  it('accounts for all that was recorded: 15 areas and 64 executions', () => {
    expect(areas.length + scenarios.length + Object.values(notReplayedYet).flat().length).toBe(15 + 64);
  });

  function exchangesOf(recording: string): readonly string[] {
    if (areas.includes(recording)) return restArea(recording).map(({ name }) => name);
    if (!scenarios.includes(recording)) return [];
    const { steps, final } = scenario(recording);
    return [...steps, ...final].map(({ name }) => name);
  }
});
