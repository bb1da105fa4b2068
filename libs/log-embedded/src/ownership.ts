import type { Member, Ownership, OwnRequest, TopicPartition } from '@partitura/log';
import { Fault } from '@partitura/model';
import type { Group, GroupMember, Groups } from './groups.ts';

/** A member that owns numbers: the partitions of its topic stand for them. */
export class Owner implements Ownership, GroupMember {
  readonly name: string;
  readonly topics: ReadonlySet<string>;
  readonly #request: OwnRequest;
  readonly #group: Group;
  readonly #onClose: () => void;
  readonly #owned = new Set<number>();
  #userData: Uint8Array;
  #left = false;

  constructor(groups: Groups, request: OwnRequest, onClose: () => void) {
    this.name = request.instance;
    this.topics = new Set([request.topic]);
    this.#request = request;
    this.#onClose = onClose;
    this.#userData = this.#askUserData();
    this.#group = groups.join(request.group, this);
  }

  owned(): ReadonlySet<number> {
    return this.#owned;
  }

  /** One process: a member is one until it leaves. */
  confirm(): Promise<void> {
    if (!this.#left) return Promise.resolve();
    return Promise.reject(new Fault('NOT_A_MEMBER', `${this.name} left ${this.#request.group}`, { retryable: false }));
  }

  announce(): void {
    if (this.#left) return;
    this.#userData = this.#askUserData();
    this.#group.rebalance();
  }

  close(): Promise<void> {
    if (!this.#left) {
      this.#left = true;
      this.#group.leave(this);
      this.#onClose();
    }
    return Promise.resolve();
  }

  lose(partitions: readonly TopicPartition[]): void {
    for (const { partition } of partitions) if (this.#owned.delete(partition)) this.#request.onRelease(partition);
  }

  take(partitions: readonly TopicPartition[]): void {
    for (const { partition } of partitions) {
      this.#owned.add(partition);
      this.#request.onAcquire(partition);
    }
  }

  balanced(members: readonly GroupMember[]): void {
    this.#request.onMembers?.(members.filter((member) => member instanceof Owner).map((member) => member.#asMember()));
  }

  #asMember(): Member {
    return { instance: this.name, numbers: [...this.#owned], userData: this.#userData };
  }

  #askUserData(): Uint8Array {
    return this.#request.userData?.() ?? new Uint8Array(0);
  }
}
