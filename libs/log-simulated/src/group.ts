import { Fault } from '@partitura/model';
import type { CommittedPosition, TopicPartition } from '@partitura/log';
import type { Nature } from './nature.ts';
import { groupRequest, request } from './network.ts';
import type { Process } from './process.ts';

/** What a group hands out: a partition of a topic, or the number that it stands for. */
export type Slot = string;
export const slotOf = (at: TopicPartition): Slot => `${at.topic}/${at.partition}`;

export interface MemberView {
  readonly instance: string;
  readonly slots: readonly Slot[];
  readonly userData: Uint8Array;
}

export interface MemberOptions {
  readonly process: Process;
  readonly instance: string;
  readonly wants: () => readonly Slot[];
  readonly userData: () => Uint8Array;
  /** Runs in the process: from now on it owns exactly these. */
  readonly onAssigned: (slots: ReadonlySet<Slot>, members: readonly MemberView[]) => void;
}

/** One membership, seen from both ends: what the group has decided, and what the process has heard of it. */
class Member {
  readonly options: MemberOptions;
  /** In the group's eyes. */
  assigned: ReadonlySet<Slot> = new Set();
  current = true;
  /** Generation that the process has heard of; -1: none. */
  heard = -1;
  left = false;
  userData: Uint8Array = new Uint8Array();
  /** Cancels the planned expulsion of a silent member. */
  expulsion: (() => void) | undefined;
  /** The loss of membership is on its way to the process. */
  losing = false;

  constructor(options: MemberOptions) {
    this.options = options;
  }
}
export type { Member };

/** A consumer group: offsets, and members that hear of each generation at their own pace. */
export class Group {
  readonly #nature: Nature;
  readonly #members: Member[] = [];
  readonly #offsets = new Map<Slot, CommittedPosition>();
  #generation = 0;

  constructor(nature: Nature) {
    this.#nature = nature;
  }

  join(options: MemberOptions): Member {
    const member = new Member(options);
    this.#members.push(member);
    this.rebalance();
    return member;
  }

  /** The process says that it goes; it has stopped using everything already. */
  leave(member: Member): void {
    member.left = true;
    this.#expel(member);
  }

  /** Resolves once the group has confirmed the membership after this call and the process has heard its latest word. */
  async confirm(member: Member): Promise<void> {
    await request(this.#nature, member.options.process, groupRequest, () => {
      if (!member.current) {
        this.#tellOfLoss(member);
        throw new Fault('NOT_A_MEMBER', 'the group moved on without this member', { retryable: false });
      }
    });
    if (member.current) this.#hear(member);
    else throw new Fault('NOT_A_MEMBER', 'the group moved on without this member', { retryable: false });
  }

  /** Hands everything out anew. Keeps what can be kept, unless it is told to `shuffle`. */
  rebalance(shuffle = false): void {
    this.#generation++;
    const members = this.#members.filter((member) => member.current);
    for (const member of members) {
      if (member.options.process.reachesGroups) member.userData = member.options.userData();
    }
    assign(members, shuffle ? this.#nature : undefined);
    for (const member of members) this.#tell(member);
  }

  /** A process went silent or came back. */
  notice(process: Process): void {
    for (const member of this.#members) {
      if (member.options.process !== process) continue;
      if (!process.reachesGroups) {
        if (!member.current) continue;
        member.expulsion ??= this.#nature.agenda.plan(this.#nature.faults.sessionTimeoutMs, () => {
          this.#nature.count('member expelled');
          this.#expel(member);
        });
      } else if (member.current) {
        member.expulsion?.();
        member.expulsion = undefined;
        this.#tell(member);
      } else {
        this.#tellOfLoss(member);
      }
    }
  }

  hasMembers(): boolean {
    return this.#members.some((member) => member.current);
  }
  hasMemberOf(process: Process): boolean {
    return this.#members.some((member) => member.current && member.options.process === process);
  }

  commit(positions: readonly CommittedPosition[]): void {
    for (const position of positions) this.#offsets.set(slotOf(position), { ...position });
  }
  committed(at: TopicPartition): CommittedPosition | undefined {
    return this.#offsets.get(slotOf(at));
  }

  #expel(member: Member): void {
    member.current = false;
    member.assigned = new Set();
    member.expulsion = undefined;
    if (member.left || !member.options.process.alive) this.#members.splice(this.#members.indexOf(member), 1);
    this.rebalance();
  }

  #tell(member: Member): void {
    const delay = this.#nature.way() + this.#nature.random.next() * this.#nature.faults.heartbeatMs;
    this.#nature.agenda.plan(delay, () => {
      if (!member.options.process.cutFromGroups) member.options.process.hear(() => this.#hear(member));
    });
  }

  #hear(member: Member): void {
    if (member.left || !member.current || member.heard === this.#generation) return;
    member.heard = this.#generation;
    member.options.onAssigned(member.assigned, this.#views());
  }

  #tellOfLoss(member: Member): void {
    if (member.losing) return;
    member.losing = true;
    this.#nature.agenda.plan(this.#nature.random.next() * this.#nature.faults.heartbeatMs, () =>
      member.options.process.hear(() => {
        member.losing = false;
        if (member.left) return;
        member.options.onAssigned(new Set(), this.#views());
        member.current = true;
        this.rebalance();
      }),
    );
  }

  #views(): readonly MemberView[] {
    return this.#members
      .filter((member) => member.current)
      .map(({ options, assigned, userData }) => ({ instance: options.instance, slots: [...assigned], userData }))
      .sort((a, b) => (a.instance < b.instance ? -1 : 1));
  }
}

/** Balanced and sticky: a member keeps what it has up to its share. */
function assign(members: readonly Member[], shuffle: Nature | undefined): void {
  const wants = new Map(members.map((member) => [member, new Set(member.options.wants())]));
  const all = [...new Set(members.flatMap((member) => [...(wants.get(member) ?? [])]))].sort();
  const taken = new Map<Slot, Member>();
  const share = Math.ceil(all.length / Math.max(1, members.length));
  const given = new Map<Member, Set<Slot>>(members.map((member) => [member, new Set()]));
  const give = (slot: Slot, member: Member): void => {
    taken.set(slot, member);
    given.get(member)?.add(slot);
  };
  if (!shuffle) {
    for (const member of members) {
      const kept = [...member.assigned].filter((slot) => wants.get(member)?.has(slot) && !taken.has(slot));
      for (const slot of kept.slice(0, share)) give(slot, member);
    }
  }
  for (const slot of all) {
    if (taken.has(slot)) continue;
    const able = members.filter((member) => wants.get(member)?.has(slot));
    const least = Math.min(...able.map((member) => given.get(member)?.size ?? 0));
    const candidates = able.filter((member) => shuffle || given.get(member)?.size === least);
    const chosen = shuffle ? shuffle.random.pick(candidates) : candidates[0];
    if (chosen) give(slot, chosen);
  }
  for (const member of members) member.assigned = given.get(member) ?? new Set();
}
