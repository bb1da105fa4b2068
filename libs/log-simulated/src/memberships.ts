import { Fault } from '@partitura/model';
import type { CommittedPosition, Ownership, OwnRequest, TopicPartition, Working, WorkRequest } from '@partitura/log';
import type { Broker } from './broker.ts';
import { SimulatedFollowing } from './following.ts';
import { type Group, type Member, type MemberView, type Slot, slotOf } from './group.ts';
import type { Nature } from './nature.ts';
import { groupRequest, request } from './network.ts';
import type { Process } from './process.ts';

export class SimulatedOwnership implements Ownership {
  readonly #group: Group;
  readonly #member: Member;
  readonly #request: OwnRequest;
  readonly #numbers = new Set<number>();

  constructor(group: Group, process: Process, own: OwnRequest) {
    this.#group = group;
    this.#request = own;
    const numbers = Array.from({ length: own.count }, (_, partition) => slotOf({ topic: own.topic, partition }));
    this.#member = group.join({
      process,
      instance: own.instance,
      wants: () => numbers,
      userData: () => own.userData?.() ?? new Uint8Array(),
      onAssigned: (slots, members) => this.#assigned(slots, members),
    });
  }

  owned(): ReadonlySet<number> {
    return this.#numbers;
  }

  confirm(): Promise<void> {
    return this.#group.confirm(this.#member);
  }

  announce(): void {
    this.#group.rebalance();
  }

  async close(): Promise<void> {
    this.#release([...this.#numbers]);
    this.#group.leave(this.#member);
  }

  #assigned(slots: ReadonlySet<Slot>, members: readonly MemberView[]): void {
    const now = new Set([...slots].map(numberOf));
    this.#release([...this.#numbers].filter((number) => !now.has(number)));
    for (const number of [...now].sort((a, b) => a - b)) {
      if (this.#numbers.has(number)) continue;
      this.#numbers.add(number);
      this.#request.onAcquire(number);
    }
    this.#request.onMembers?.(
      members.map((member) => ({
        instance: member.instance,
        numbers: member.slots.map(numberOf),
        userData: member.userData,
      })),
    );
  }

  #release(numbers: readonly number[]): void {
    for (const number of numbers) {
      this.#numbers.delete(number);
      this.#request.onRelease(number);
    }
  }
}

const numberOf = (slot: Slot): number => Number(slot.slice(slot.lastIndexOf('/') + 1));

/** A member of a plain consumer group. */
export class SimulatedWorking implements Working {
  readonly #nature: Nature;
  readonly #broker: Broker;
  readonly #process: Process;
  readonly #request: WorkRequest;
  readonly #group: Group;
  readonly #member: Member;
  readonly #readers = new Map<Slot, { readonly at: TopicPartition; readonly following: SimulatedFollowing }>();
  readonly #paused = new Set<Slot>();

  constructor(nature: Nature, broker: Broker, process: Process, work: WorkRequest) {
    this.#nature = nature;
    this.#broker = broker;
    this.#process = process;
    this.#request = work;
    this.#group = broker.group(work.group);
    this.#member = this.#group.join({
      process,
      instance: process.name,
      wants: () => this.#wanted().map(slotOf),
      userData: () => new Uint8Array(),
      onAssigned: (slots) => this.#assigned(slots),
    });
  }

  commit(positions: readonly CommittedPosition[]): Promise<void> {
    return request(this.#nature, this.#process, groupRequest, () => {
      if (positions.some((position) => !this.#member.assigned.has(slotOf(position)))) {
        throw new Fault('NOT_A_MEMBER', 'the group has given these partitions to another member', { retryable: false });
      }
      this.#group.commit(positions);
    });
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const slot of partitions.map(slotOf)) {
      this.#paused.add(slot);
      this.#readers.get(slot)?.following.pause();
    }
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const slot of partitions.map(slotOf)) {
      this.#paused.delete(slot);
      this.#readers.get(slot)?.following.resume();
    }
  }

  async close(): Promise<void> {
    this.#stopAll();
    this.#group.leave(this.#member);
  }

  #wanted(): readonly TopicPartition[] {
    return this.#request.topics.flatMap((topic) => this.#broker.partitions(topic));
  }

  #assigned(slots: ReadonlySet<Slot>): void {
    const revoked = [...this.#readers].filter(([slot]) => !slots.has(slot));
    for (const [slot, reader] of revoked) {
      reader.following.close();
      this.#readers.delete(slot);
    }
    if (revoked.length > 0) this.#request.onRevoked?.(revoked.map(([, reader]) => reader.at));
    for (const at of this.#wanted()) {
      if (slots.has(slotOf(at)) && !this.#readers.has(slotOf(at))) this.#read(at);
    }
  }

  #read(at: TopicPartition): void {
    const slot = slotOf(at);
    const log = this.#broker.log(at);
    const committed = this.#group.committed(at)?.offset ?? 0;
    const following: SimulatedFollowing = new SimulatedFollowing(this.#nature, this.#process, log, {
      ...at,
      from: Math.min(Math.max(committed, log.start), log.end),
      isolation: 'uncommitted',
      onBatch: ({ records }) => {
        if (records.length === 0) return;
        const isCurrent = (): boolean => !following.closed;
        return this.#request.onBatch({ ...at, records, isCurrent });
      },
      onEnd: (why) => {
        this.#stopAll();
        this.#group.leave(this.#member);
        this.#request.onEnd(why);
      },
    });
    if (this.#paused.has(slot)) following.pause();
    this.#readers.set(slot, { at, following });
  }

  #stopAll(): void {
    for (const { following } of this.#readers.values()) following.close();
    this.#readers.clear();
  }
}
