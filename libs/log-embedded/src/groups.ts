import type { TopicPartition } from '@partitura/log';
import { Defect } from '@partitura/model';
import { assign } from './assignment.ts';
import { keyOf } from './catalog.ts';

/** A member of a group, as the group sees it. */
export interface GroupMember {
  readonly name: string;
  readonly topics: ReadonlySet<string>;
  /** Stop using these, at once. */
  lose(partitions: readonly TopicPartition[]): void;
  /** These are yours now; nobody else uses them. */
  take(partitions: readonly TopicPartition[]): void;
  /** The group has found its balance. */
  balanced(members: readonly GroupMember[]): void;
}

/** All groups of this process. A group lives from its first member to its last. */
export class Groups {
  readonly #groups = new Map<string, Group>();
  readonly #partitionsOf: (topic: string) => number;

  /** `partitionsOf` tells how many partitions of a topic are shared out. */
  constructor(partitionsOf: (topic: string) => number) {
    this.#partitionsOf = partitionsOf;
  }

  join(id: string, member: GroupMember): Group {
    let group = this.#groups.get(id);
    if (group === undefined) {
      group = new Group(this.#partitionsOf, () => this.#groups.delete(id));
      this.#groups.set(id, group);
    }
    group.join(member);
    return group;
  }
}

/** Shares the partitions of topics among the members of one group. One process: who loses has lost before who takes takes. */
export class Group {
  readonly #members = new Map<string, GroupMember>();
  readonly #partitionsOf: (topic: string) => number;
  readonly #onEmpty: () => void;
  /** Partition → name of its holder. */
  #holders: ReadonlyMap<string, string> = new Map();
  #scheduled = false;

  constructor(partitionsOf: (topic: string) => number, onEmpty: () => void) {
    this.#partitionsOf = partitionsOf;
    this.#onEmpty = onEmpty;
  }

  join(member: GroupMember): void {
    if (this.#members.has(member.name)) throw new Defect(`the group has a member ${member.name} already`);
    this.#members.set(member.name, member);
    this.rebalance();
  }

  /** The member has nothing any more when this returns; its partitions go to the others. */
  leave(member: GroupMember): void {
    if (!this.#members.delete(member.name)) return;
    member.lose(this.#heldBy(member.name));
    this.#holders = new Map([...this.#holders].filter(([, holder]) => holder !== member.name));
    if (this.#members.size === 0) this.#onEmpty();
    else this.rebalance();
  }

  holds(member: GroupMember, partition: TopicPartition): boolean {
    return this.#holders.get(keyOf(partition)) === member.name && this.#members.get(member.name) === member;
  }

  /** Soon, once for all who join and leave in this turn of the event loop. */
  rebalance(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#balance();
    });
  }

  #balance(): void {
    const members = [...this.#members.values()];
    const partitions = new Map<string, TopicPartition>();
    for (const topic of new Set(members.flatMap((member) => [...member.topics]))) {
      for (let partition = 0; partition < this.#partitionsOf(topic); partition++) {
        partitions.set(keyOf({ topic, partition }), { topic, partition });
      }
    }
    const candidates = members.map(({ name, topics }) => ({
      name,
      accepts: (key: string) => topics.has(partitions.get(key)?.topic ?? ''),
    }));
    const before = this.#holders;
    const after = assign([...partitions.keys()], candidates, before);
    const differing = (name: string, has: typeof before, hasNot: typeof before): TopicPartition[] =>
      [...partitions]
        .filter(([key]) => has.get(key) === name && hasNot.get(key) !== name)
        .map(([, partition]) => partition);

    this.#holders = after;
    for (const member of members) {
      const lost = differing(member.name, before, after);
      if (lost.length > 0) member.lose(lost);
    }
    for (const member of members) {
      const taken = differing(member.name, after, before);
      if (taken.length > 0 && this.#members.get(member.name) === member) member.take(taken);
    }
    for (const member of members) if (this.#members.get(member.name) === member) member.balanced(members);
  }

  #heldBy(name: string): TopicPartition[] {
    return [...this.#holders].filter(([, holder]) => holder === name).map(([key]) => partitionOf(key));
  }
}

function partitionOf(key: string): TopicPartition {
  const cut = key.lastIndexOf('/');
  return { topic: key.slice(0, cut), partition: Number(key.slice(cut + 1)) };
}
