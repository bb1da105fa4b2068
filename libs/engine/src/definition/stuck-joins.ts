import type { Joining } from './check-joins.ts';
import type { Spot } from './spots.ts';

export interface Stuck {
  readonly spot: Spot;
  /** Of those that it waits for, the ones that never come. */
  readonly on: readonly Spot[];
}

/** Finding out about the others would take long, and nobody reads so many. */
const namedMax = 100;

/**
 * Plays a definition as if every branch and every case were taken and nothing ever failed. Of the joins that still stand
 * then those are stuck that wait for something which begins only after them, or waits for them in turn.
 */
export function stuckJoins(spots: readonly Spot[], joining: readonly Joining[]): readonly Stuck[] {
  const joinedBy = new Map(joining.map(({ spot, joined }) => [spot, joined]));
  const followers = new Map<Spot | undefined, Spot[]>();
  const open = new Map<Spot, number>();
  const needsOf = (spot: Spot): readonly Spot[] =>
    [...new Set([beginsAfter(spot), ...(joinedBy.get(spot) ?? [])])].filter((each) => each !== undefined);
  for (const spot of spots) {
    const needs = needsOf(spot);
    open.set(spot, needs.length);
    for (const need of needs) {
      const known = followers.get(need);
      if (known === undefined) followers.set(need, [spot]);
      else known.push(spot);
    }
  }
  const over = new Set<Spot>();
  const end = (first: readonly Spot[]): void => {
    const ended = [...first];
    for (let spot = ended.pop(); spot !== undefined; spot = ended.pop()) {
      if (over.has(spot)) continue;
      over.add(spot);
      for (const follower of followers.get(spot) ?? []) {
        const left = (open.get(follower) ?? 0) - 1;
        open.set(follower, left);
        if (left === 0) ended.push(follower);
      }
    }
  };
  end(spots.filter((spot) => open.get(spot) === 0));

  const needsItself = (join: Spot): boolean => {
    const seen = new Set<Spot>();
    const open = [...needsOf(join)];
    for (let spot = open.pop(); spot !== undefined; spot = open.pop()) {
      if (spot === join) return true;
      if (over.has(spot) || seen.has(spot)) continue;
      seen.add(spot);
      open.push(...needsOf(spot));
    }
    return false;
  };

  const stuck: Stuck[] = [];
  while (over.size < spots.length && stuck.length < namedMax) {
    const standing = joining.filter(({ spot }) => !over.has(spot) && hasBegun(spot, over));
    if (standing.length === 0) break;
    for (const { spot, joined } of standing) {
      if (needsItself(spot)) stuck.push({ spot, on: joined.filter((each) => !over.has(each)) });
    }
    // What comes after them is looked at too, so that everything is said at once.
    end(standing.map(({ spot }) => spot));
  }
  return stuck;
}

/** What has to be over before a task begins; a loop has not to be over, but what comes before it has. */
function beginsAfter({ previous, around }: Spot): Spot | undefined {
  if (previous !== undefined) return previous;
  if (around === undefined) return undefined;
  return around.list === 'body' ? beginsAfter(around.spot) : around.spot;
}

function hasBegun(spot: Spot, over: ReadonlySet<Spot>): boolean {
  const before = beginsAfter(spot);
  return before === undefined || over.has(before);
}
