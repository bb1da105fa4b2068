/** A member as the leader of a group sees it. */
export interface Candidate {
  readonly id: string;
  readonly topics: readonly string[];
  /** What it holds now, and since which generation; of two that claim the same, the later one is right. */
  readonly holds: readonly Held[];
  readonly generation: number;
}
export interface Held {
  readonly topic: string;
  readonly partition: number;
}

/**
 * Shares partitions among members so that their counts differ by one at most where all want the same topics, and as
 * few as possible change hands. Deterministic: ties go by id.
 */
export function assign(
  candidates: readonly Candidate[],
  partitionCounts: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly Held[]> {
  const members = candidates
    .map(({ id, topics, holds, generation }) => ({ id, topics: new Set(topics), holds, generation, has: [] as Held[] }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const taken = new Map<string, Set<number>>();
  const take = (member: (typeof members)[number], held: Held): void => {
    member.has.push(held);
    const numbers = taken.get(held.topic);
    if (numbers === undefined) taken.set(held.topic, new Set([held.partition]));
    else numbers.add(held.partition);
  };

  for (const member of [...members].sort((a, b) => b.generation - a.generation))
    for (const held of member.holds) {
      const exists = held.partition >= 0 && held.partition < (partitionCounts.get(held.topic) ?? 0);
      if (exists && member.topics.has(held.topic) && taken.get(held.topic)?.has(held.partition) !== true)
        take(member, held);
    }

  const leastLoaded = (topic: string): (typeof members)[number] | undefined => {
    let best: (typeof members)[number] | undefined;
    for (const member of members)
      if (member.topics.has(topic) && (best === undefined || member.has.length < best.has.length)) best = member;
    return best;
  };
  for (const [topic, count] of [...partitionCounts].sort(([a], [b]) => (a < b ? -1 : 1)))
    for (let partition = 0; partition < count; partition++) {
      const member = taken.get(topic)?.has(partition) === true ? undefined : leastLoaded(topic);
      if (member !== undefined) take(member, { topic, partition });
    }

  // Every move makes the spread smaller, so this ends.
  for (let moved = true; moved;) {
    moved = false;
    for (const giver of [...members].sort((a, b) => b.has.length - a.has.length)) {
      const index = giver.has.findLastIndex(
        ({ topic }) => (leastLoaded(topic)?.has.length ?? Infinity) + 2 <= giver.has.length,
      );
      const [held] = index < 0 ? [] : giver.has.splice(index, 1);
      if (held === undefined) continue;
      leastLoaded(held.topic)?.has.push(held);
      moved = true;
      break;
    }
  }
  return new Map(members.map(({ id, has }) => [id, has]));
}
