import { describe, expect, it } from '@jest/globals';
import { numbers, textOf, utf8, type Bench } from './contract-world.ts';
import type { Log, Member, Ownership, OwnRequest } from './port.ts';

export function describeOwn(bench: Bench): void {
  describe('ownership of numbers', () => {
    it('gives all of them to a member that is alone', async () => {
      const role = await roleOf(bench, 4);
      const one = await join(bench, role, 'one');
      await bench.until('all numbers', () => one.owned.length === 4);
      expect(one.owned).toEqual([0, 1, 2, 3]);
      expect([...one.acquired].sort()).toEqual([0, 1, 2, 3]);
      expect(one.released).toEqual([]);
    });

    it('shares them evenly, and what a member keeps it never loses in between', async () => {
      const role = await roleOf(bench, 6);
      const one = await join(bench, role, 'one');
      await bench.until('one has all', () => one.owned.length === 6);
      const two = await join(bench, role, 'two', await bench.world.another());
      await bench.until('halves', () => one.owned.length === 3 && two.owned.length === 3);

      expect([...one.owned, ...two.owned].sort()).toEqual(numbers(0, 6));
      expect(one.acquired).toHaveLength(6);
      expect([...one.released].sort()).toEqual(two.owned);
      expect(two.released).toEqual([]);

      const three = await join(bench, role, 'three', await bench.world.another());
      await bench.until('thirds', () => [one, two, three].every((m) => m.owned.length === 2));
      expect([...one.owned, ...two.owned, ...three.owned].sort()).toEqual(numbers(0, 6));
      expect(one.acquired).toHaveLength(6);
      expect(two.acquired).toHaveLength(3);
    });

    it('differs by at most one number between members', async () => {
      const role = await roleOf(bench, 5);
      const members = [
        await join(bench, role, 'one'),
        await join(bench, role, 'two', await bench.world.another()),
        await join(bench, role, 'three', await bench.world.another()),
      ];
      const counts = (): number[] => members.map((m) => m.owned.length).sort();
      await bench.until('5 = 1 + 2 + 2', () => counts().join() === '1,2,2');
    });

    it('leaves a member without a number when there are more members than numbers', async () => {
      const role = await roleOf(bench, 1);
      const one = await join(bench, role, 'one');
      await bench.until('the only number', () => one.owned.length === 1);
      const two = await join(bench, role, 'two', await bench.world.another());
      await bench.until('both know each other', () => two.members.length === 2 && one.members.length === 2);
      expect([one.owned, two.owned]).toEqual([[0], []]);
    });

    it('passes to the others when a member leaves, and all is released when its close resolves', async () => {
      const role = await roleOf(bench, 4);
      const one = await join(bench, role, 'one');
      const two = await join(bench, role, 'two', await bench.world.another());
      await bench.until('halves', () => one.owned.length === 2 && two.owned.length === 2);

      const had = one.owned;
      await one.ownership.close();
      expect(one.owned).toEqual([]);
      expect(one.released.slice(-2).sort()).toEqual(had);
      await bench.until('two has all', () => two.owned.length === 4);
      expect(two.released).toEqual([]);
    });

    it('shows every member who the others are and what they own', async () => {
      const role = await roleOf(bench, 4);
      const one = await join(bench, role, 'one', bench.log, { userData: () => utf8('address of one') });
      const two = await join(bench, role, 'two', await bench.world.another());
      await bench.until('halves', () => [one, two].every((m) => m.owned.length === 2 && m.members.length === 2));

      for (const seen of [one.members, two.members]) {
        const [first, second] = seen;
        expect([first?.instance, second?.instance]).toEqual(['one', 'two']);
        expect([...(first?.numbers ?? [])].sort()).toEqual(one.owned);
        expect([...(second?.numbers ?? [])].sort()).toEqual(two.owned);
        expect(textOf(first!.userData)).toBe('address of one');
        expect(textOf(second!.userData)).toBe('');
      }
    });

    it("spreads new user data when a member announces it, and keeps everybody's numbers", async () => {
      const role = await roleOf(bench, 4);
      let said = 'old';
      const one = await join(bench, role, 'one', bench.log, { userData: () => utf8(said) });
      const two = await join(bench, role, 'two', await bench.world.another());
      await bench.until('halves', () => [one, two].every((m) => m.owned.length === 2 && m.members.length === 2));
      const before = [one.owned, two.owned];

      said = 'new';
      one.ownership.announce();
      await bench.until('the news', () => two.members.some((m) => textOf(m.userData) === 'new'));
      expect([one.owned, two.owned]).toEqual(before);
      expect(two.acquired).toHaveLength(2);
    });

    it('is confirmed while it lasts and denied afterwards', async () => {
      const role = await roleOf(bench, 2);
      const one = await join(bench, role, 'one');
      await bench.until('all numbers', () => one.owned.length === 2);
      await one.ownership.confirm();
      await one.ownership.close();
      await expect(one.ownership.confirm()).rejects.toThrow();
      expect(one.owned).toEqual([]);
    });

    it('of one group is independent of another', async () => {
      const role = await roleOf(bench, 3);
      const one = await join(bench, role, 'one');
      const two = await join(bench, { ...role, group: bench.name('group') }, 'two');
      await bench.until('both have all', () => one.owned.length === 3 && two.owned.length === 3);
    });
  });
}

interface Role {
  readonly group: string;
  readonly topic: string;
  readonly count: number;
}

interface Joined {
  readonly ownership: Ownership;
  /** Every number that was ever given, in order. */
  readonly acquired: readonly number[];
  readonly released: readonly number[];
  /** What the callbacks leave in hand now, sorted. It must equal `owned()`. */
  readonly owned: readonly number[];
  /** As told last, sorted by instance. */
  readonly members: readonly Member[];
}

async function roleOf(bench: Bench, count: number): Promise<Role> {
  return { group: bench.name('group'), topic: await bench.topic(count), count };
}

async function join(
  bench: Bench,
  role: Role,
  instance: string,
  log: Log = bench.log,
  more: Partial<OwnRequest> = {},
): Promise<Joined> {
  const acquired: number[] = [];
  const released: number[] = [];
  const inHand = new Set<number>();
  let members: readonly Member[] = [];
  const ownership = bench.keep(
    await log.own({
      ...role,
      instance,
      onAcquire: (number) => {
        if (inHand.has(number)) throw new Error(`${instance} was given ${number} twice`);
        acquired.push(number);
        inHand.add(number);
      },
      onRelease: (number) => {
        if (!inHand.delete(number)) throw new Error(`${instance} lost ${number}, which it did not have`);
        released.push(number);
      },
      onMembers: (seen) => {
        members = [...seen].sort((a, b) => (a.instance < b.instance ? -1 : 1));
      },
      ...more,
    }),
  );
  return {
    ownership,
    acquired,
    released,
    get owned() {
      const told = [...inHand].sort();
      expect([...ownership.owned()].sort()).toEqual(told);
      return told;
    },
    get members() {
      return members;
    },
  };
}
