import { describe, expect, it } from '@jest/globals';
import { Worklist } from './worklist.ts';

const all = (list: Worklist): readonly string[] => {
  const found: string[] = [];
  for (let todo = list.take(); todo !== undefined; todo = list.take()) found.push(`${todo.do} ${todo.seq}`);
  return found;
};

describe('a worklist', () => {
  it('gives what was added, in that order', () => {
    const list = Worklist.of('follow', [3, 4, 9, 2]);
    list.add('mend', 3);
    expect(all(list)).toEqual(['follow 3', 'follow 4', 'follow 9', 'follow 2', 'mend 3']);
    expect(list.isEmpty).toBe(true);
  });

  it('is the same after it was written, with what is left of it', () => {
    const list = Worklist.of('again', [1, 2, 3, 7, 5]);
    list.take();
    const again = Worklist.fromJson(JSON.parse(JSON.stringify(list.toJson())) as never);
    expect(all(again)).toEqual(['again 2', 'again 3', 'again 7', 'again 5']);
  });

  it('of neighbours takes a few bytes, however many they are', () => {
    const list = Worklist.of(
      'follow',
      Array.from({ length: 100_000 }, (_, i) => i + 1),
    );
    expect(JSON.stringify(list.toJson())).toBe('[0,1,100000]');
  });

  it('of every other task takes a few bytes for each', () => {
    const list = Worklist.of(
      'follow',
      Array.from({ length: 1_000 }, (_, i) => 2 * i + 1),
    );
    expect(JSON.stringify(list.toJson()).length / 1_000).toBeLessThan(7);
  });
});
