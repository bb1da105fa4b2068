import type { Batch, CommittedPosition, TopicPartition, WorkRequest, Working } from '@partitura/log';
import { Fault } from '@partitura/model';
import type { Cluster } from '../connect/cluster.ts';
import type { Notify } from '../options.ts';
import type { Follower } from '../read/follower.ts';
import type { Reader } from '../read/reader.ts';
import { assign, type Candidate, type Held } from './assign.ts';
import { decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription } from './consumer-protocol.ts';
import { GroupMember } from './member.ts';
import type { Credentials, GroupSettings } from './role.ts';

const sticky = 'partitura-workers-1';
/** Every client knows it, so members of other programs can join the group. */
const common = 'range';

/** Access to what the log knows beyond this group. */
export interface WorkSupport {
  readonly cluster: Cluster;
  readonly reader: Reader;
  readonly committed: (group: string, partitions: readonly TopicPartition[]) => Promise<readonly CommittedPosition[]>;
  readonly commit: (group: string, positions: readonly CommittedPosition[], as: Credentials) => Promise<void>;
  readonly start: (topic: string, partition: number) => Promise<number>;
  readonly notify: Notify;
}

interface Share extends TopicPartition {
  follower: Follower | undefined;
  current: boolean;
}

/**
 * A consumer group over whole topics. Membership beats by itself, however long a handler takes; partitions are read by
 * the log's own reader from the committed position. What is kept over a rebalance goes on undisturbed.
 */
export class KafkaWorking implements Working {
  readonly #request: WorkRequest;
  readonly #support: WorkSupport;
  readonly #member: GroupMember;
  readonly #shares = new Map<string, Share>();
  readonly #paused = new Set<string>();
  #generation = -1;
  #closed = false;

  constructor(request: WorkRequest, settings: GroupSettings, support: WorkSupport) {
    this.#request = request;
    this.#support = support;
    this.#member = new GroupMember(
      support.cluster,
      {
        group: request.group,
        protocols: () => {
          const metadata = this.#subscription();
          return [
            { name: sticky, metadata },
            { name: common, metadata },
          ];
        },
        assign: (_, members) => this.#share(members),
        onAssigned: (assignment, generation) => {
          this.#onAssigned(assignment, generation);
        },
        onLost: () => {
          this.#revoke([...this.#shares.values()]);
        },
      },
      settings,
      support.notify,
    );
  }

  start(): Promise<void> {
    return this.#member.start();
  }
  get isOver(): boolean {
    return this.#member.isOver;
  }
  get credentials(): Credentials | undefined {
    return this.#member.credentials;
  }

  async commit(positions: readonly CommittedPosition[]): Promise<void> {
    for (;;) {
      const credentials = this.#member.credentials;
      const lost = positions.find((position) => this.#shares.get(nameOf(position)) === undefined);
      if (lost !== undefined || credentials === undefined)
        throw new Fault('GROUP_HAS_MEMBERS', `${nameOf(lost ?? { topic: '?', partition: 0 })} was taken away`, {
          retryable: false,
        });
      try {
        await this.#support.commit(this.#request.group, positions, credentials);
        return;
      } catch (error) {
        // A rebalance came between: once it is over, what is still ours can be committed.
        const overtaken = error instanceof Fault && error.code === 'GROUP_HAS_MEMBERS';
        if (!overtaken || this.#member.credentials?.generation !== credentials.generation) {
          if (!overtaken) throw error;
          continue;
        }
        await this.#member.confirm();
        if (this.#member.credentials.generation === credentials.generation) throw error;
      }
    }
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) {
      this.#paused.add(nameOf(partition));
      this.#shares.get(nameOf(partition))?.follower?.pause();
    }
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) {
      this.#paused.delete(nameOf(partition));
      this.#shares.get(nameOf(partition))?.follower?.resume();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#member.leave();
  }

  #subscription(): Buffer {
    const holds = [...this.#shares.values()].map(({ topic, partition }) => ({ topic, partition }));
    const userData = Buffer.from(JSON.stringify({ holds, generation: this.#generation }));
    return encodeSubscription({ topics: this.#request.topics, userData });
  }

  async #share(
    members: readonly { readonly memberId: string; readonly metadata: Buffer }[],
  ): Promise<ReadonlyMap<string, Buffer>> {
    const candidates = members.map(({ memberId, metadata }) => candidateOf(memberId, metadata));
    const topics = [...new Set(candidates.flatMap((candidate) => candidate.topics))];
    const shares = assign(candidates, await this.#support.cluster.partitionCounts(topics));
    return new Map(
      [...shares].map(([memberId, held]) => {
        const partitions = new Map<string, number[]>();
        for (const { topic, partition } of held) partitions.set(topic, [...(partitions.get(topic) ?? []), partition]);
        return [memberId, encodeAssignment({ partitions, userData: new Uint8Array(0) })];
      }),
    );
  }

  #onAssigned(assignment: Buffer, generation: number): void {
    this.#generation = generation;
    const { partitions } = decodeAssignment(assignment);
    const assigned = new Map<string, TopicPartition>();
    for (const [topic, numbers] of partitions)
      for (const partition of numbers) assigned.set(nameOf({ topic, partition }), { topic, partition });
    this.#revoke([...this.#shares].filter(([name]) => !assigned.has(name)).map(([, share]) => share));
    const gained: Share[] = [];
    for (const [name, { topic, partition }] of assigned) {
      if (this.#shares.has(name)) continue;
      const share: Share = { topic, partition, follower: undefined, current: true };
      this.#shares.set(name, share);
      gained.push(share);
    }
    void this.#begin(gained);
  }

  #revoke(shares: readonly Share[]): void {
    if (shares.length === 0) return;
    for (const share of shares) {
      share.current = false;
      share.follower?.close();
      this.#shares.delete(nameOf(share));
    }
    const { onRevoked } = this.#request;
    if (onRevoked === undefined || this.#closed) return;
    try {
      onRevoked(shares.map(({ topic, partition }) => ({ topic, partition })));
    } catch (error) {
      this.#support.notify('error', 'onRevoked threw', { error });
    }
  }

  /** From what was committed, or from the start. */
  async #begin(shares: readonly Share[]): Promise<void> {
    if (shares.length === 0) return;
    for (let pauseMs = 100; shares.some((share) => share.current); pauseMs = Math.min(2 * pauseMs, 1_000))
      try {
        const committed = await this.#support.committed(this.#request.group, shares);
        const from = new Map(committed.map((position) => [nameOf(position), position.offset]));
        await Promise.all(shares.map(async (share) => this.#follow(share, from.get(nameOf(share)))));
        return;
      } catch (error) {
        if (!(error instanceof Fault) || !error.retryable) {
          this.#end(error);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
  }

  async #follow(share: Share, committed: number | undefined): Promise<void> {
    if (!share.current || share.follower !== undefined) return;
    const { topic, partition } = share;
    const from = committed ?? (await this.#support.start(topic, partition));
    if (!this.#isCurrent(share)) return;
    share.follower = this.#support.reader.follow({
      topic,
      partition,
      from,
      isolation: 'committed',
      onBatch: (batch) => this.#hand(share, batch),
      onEnd: (why) => {
        if (why instanceof Fault && why.code === 'OFFSET_OUT_OF_RANGE') this.#restart(share, why);
        else if (share.current) this.#end(why);
      },
    });
    if (this.#paused.has(nameOf(share))) share.follower.pause();
  }

  /** The position lies outside of the log, which was trimmed or cut: what is there is all there is. */
  #restart(share: Share, why: Fault): void {
    this.#support.notify('warn', `${nameOf(share)} is read from its start`, { why: why.message });
    share.follower = undefined;
    void this.#support.start(share.topic, share.partition).then(
      (start) => this.#follow(share, start),
      (error: unknown) => {
        if (share.current) setTimeout(() => this.#restart(share, error instanceof Fault ? error : why), 500);
      },
    );
  }

  async #hand(share: Share, { topic, partition, records }: Batch): Promise<void> {
    if (records.length === 0 || !share.current) return;
    await this.#request.onBatch({ topic, partition, records, isCurrent: () => share.current });
  }

  #end(why: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    void this.#member.leave();
    this.#request.onEnd(why);
  }

  #isCurrent(share: Share): boolean {
    return share.current;
  }
}

function candidateOf(memberId: string, metadata: Buffer): Candidate {
  const { topics, userData } = decodeSubscription(metadata);
  const foreign: Candidate = { id: memberId, topics, holds: [], generation: -1 };
  if (userData.length === 0) return foreign;
  try {
    const told = JSON.parse(Buffer.from(userData).toString('utf8')) as { holds?: unknown; generation?: unknown };
    if (!Array.isArray(told.holds) || typeof told.generation !== 'number') return foreign;
    const holds = (told.holds as Partial<Held>[]).filter(
      (held): held is Held => typeof held.topic === 'string' && Number.isInteger(held.partition),
    );
    return { id: memberId, topics, holds, generation: told.generation };
  } catch {
    return foreign; // another program's user data
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
