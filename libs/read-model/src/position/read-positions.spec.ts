import { describe, expect, it } from '@jest/globals';
import type { Database } from '@partitura/postgres';
import { parsePositions, PositionBoard } from './read-positions.ts';

interface World {
  readonly board: PositionBoard;
  readonly looks: () => number;
  /** What the database says. */
  readonly stored: Map<number, number>;
  readonly said: string[];
  readonly hear: (channel: string, payload: string) => void;
  /** Lets all timers due within that time fire. */
  readonly pass: (ms: number) => Promise<void>;
}

function world(): World {
  let now = 0;
  let looks = 0;
  const timers = new Set<{ readonly at: number; readonly task: () => void }>();
  const stored = new Map<number, number>();
  const said: string[] = [];
  const listeners = new Map<string, (payload: string) => void>();
  const database = {
    rows: async (statement: { readonly name: string }, values: readonly unknown[] = []) => {
      if (statement.name === 'position_wanted') said.push(String(values[0]));
      if (statement.name !== 'position_all') return [];
      looks += 1;
      return [...stored].map(([partition, position]) => ({ partition, position }));
    },
    listen: async (channel: string, onMessage: (payload: string) => void) => {
      listeners.set(channel, onMessage);
      return { close: async () => undefined };
    },
  } as unknown as Database;
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  const board = new PositionBoard(database, {
    after: (delayMs, task) => {
      const timer = { at: now + delayMs, task };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  });
  return {
    board,
    looks: () => looks,
    stored,
    said,
    hear: (channel, payload) => listeners.get(channel)?.(payload),
    pass: async (ms) => {
      await settle();
      for (const end = now + ms; now < end; now++) {
        for (const timer of timers) if (timer.at <= now && timers.delete(timer)) timer.task();
        await settle();
      }
    },
  };
}

describe('a wait for a partition that is projected here', () => {
  it('costs no look into the database and asks the projector to hurry', async () => {
    const { board, looks } = world();
    const wanted: unknown[] = [];
    board.onWanted((...want) => wanted.push(want));
    board.project(0, 5);
    const waiting = board.waitFor(0, 9, 100);
    expect(wanted).toEqual([[0, 9]]);
    board.applied(0, 8);
    board.applied(0, 9);
    expect(await waiting).toBe(true);
    expect(await board.waitFor(0, 9, 0)).toBe(true);
    expect(looks()).toBe(0);
  });

  it('ends when its time is over', async () => {
    const { board, pass } = world();
    board.project(0, 5);
    const waiting = board.waitFor(0, 6, 100);
    await pass(101);
    expect(await waiting).toBe(false);
  });

  it('goes on elsewhere when the partition is released', async () => {
    const { board, stored, pass } = world();
    board.project(0, 5);
    const waiting = board.waitFor(0, 6, 1_000);
    stored.set(0, 6);
    board.release(0);
    await pass(10);
    expect(await waiting).toBe(true);
  });
});

describe('a wait for a partition that is projected elsewhere', () => {
  it('tells the other process, and ends with its notification', async () => {
    const { board, stored, said, hear, pass } = world();
    stored.set(3, 10);
    const waiting = board.waitFor(3, 12, 1_000);
    await pass(1);
    expect(said).toEqual(['3:12']);
    hear('partitura_applied', '3:12');
    expect(await waiting).toBe(true);
  });

  it('ends without notification too, at the next look', async () => {
    const { board, stored, pass } = world();
    const waiting = board.waitFor(3, 12, 1_000);
    await pass(1);
    stored.set(3, 12);
    await pass(30);
    expect(await waiting).toBe(true);
  });

  it('costs nothing when the position is known already', async () => {
    const { board, stored, looks } = world();
    stored.set(3, 12);
    await board.refresh();
    expect(await board.waitFor(3, 12, 1_000)).toBe(true);
    expect(looks()).toBe(1);
  });

  it('stops looking when nobody waits any more', async () => {
    const { board, looks, pass } = world();
    const waiting = board.waitFor(3, 12, 50);
    await pass(60);
    expect(await waiting).toBe(false);
    const before = looks();
    await pass(200);
    expect(looks() - before).toBeLessThanOrEqual(1);
  });
});

describe('a process that is told that another one waits', () => {
  it('hurries, and remembers to say when it got there', () => {
    const { board, hear } = world();
    const wanted: unknown[] = [];
    board.onWanted((...want) => wanted.push(want));
    board.project(3, 10);
    hear('partitura_wanted', '3:12,4:1,nonsense');
    expect(wanted).toEqual([[3, 12]]);
    expect(board.wantedElsewhere(3)).toBe(true);
    board.applied(3, 12);
    expect(board.wantedElsewhere(3)).toBe(false);
    hear('partitura_wanted', '3:12');
    expect(board.wantedElsewhere(3)).toBe(false);
  });
});

describe('positions in a notification', () => {
  it('are read, and anything else is not', () => {
    expect(parsePositions('3:17,5:90')).toEqual([
      [3, 17],
      [5, 90],
    ]);
    expect(parsePositions('')).toEqual([]);
    expect(parsePositions('x:1,-,3')).toEqual([]);
  });
});
