import type { Member, Ownership, OwnRequest } from '@partitura/log';
import type { Cluster } from '../connect/cluster.ts';
import type { Notify } from '../options.ts';
import { assign, type Candidate } from './assign.ts';
import { decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription } from './consumer-protocol.ts';
import { GroupMember } from './member.ts';
import type { Credentials, GroupSettings } from './role.ts';

const strategy = 'partitura-owners-1';

/** What a member tells the leader of its group, as JSON in the user data of its subscription. */
interface Report {
  readonly instance: string;
  readonly numbers: readonly number[];
  readonly generation: number;
  readonly userData: string;
}
/** What the leader tells every member, as JSON in the user data of its assignment. */
interface Roll {
  readonly members: readonly {
    readonly instance: string;
    readonly numbers: readonly number[];
    readonly userData: string;
  }[];
}

/** Owns numbers as partitions of a topic that is never read: membership decides who owns what and carries no data. */
export class KafkaOwnership implements Ownership {
  readonly #request: OwnRequest;
  readonly #notify: Notify;
  readonly #member: GroupMember;
  readonly #owned = new Set<number>();
  #generation = -1;

  constructor(cluster: Cluster, request: OwnRequest, settings: GroupSettings, notify: Notify) {
    this.#request = request;
    this.#notify = notify;
    this.#member = new GroupMember(
      cluster,
      {
        group: request.group,
        protocols: () => [{ name: strategy, metadata: this.#report() }],
        assign: async (_, members) => share(request.topic, request.count, members),
        onAssigned: (assignment, generation) => {
          this.#onAssigned(assignment, generation);
        },
        onLost: (why) => {
          const level = this.#member.isOver ? 'info' : 'warn';
          if (this.#owned.size > 0) notify(level, `group ${request.group}: all numbers given up`, { why });
          this.#release([...this.#owned]);
        },
      },
      settings,
      notify,
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
  owned(): ReadonlySet<number> {
    return this.#owned;
  }
  confirm(): Promise<void> {
    return this.#member.confirm();
  }
  announce(): void {
    this.#member.rejoin();
  }
  close(): Promise<void> {
    return this.#member.leave();
  }

  #report(): Buffer {
    const report: Report = {
      instance: this.#request.instance,
      numbers: [...this.#owned],
      generation: this.#generation,
      userData: Buffer.from(this.#request.userData?.() ?? []).toString('base64'),
    };
    return encodeSubscription({ topics: [this.#request.topic], userData: Buffer.from(JSON.stringify(report)) });
  }

  #onAssigned(assignment: Buffer, generation: number): void {
    this.#generation = generation;
    const { partitions, userData } = decodeAssignment(assignment);
    const mine = new Set(partitions.get(this.#request.topic) ?? []);
    const gained = [...mine].filter((number) => !this.#owned.has(number));
    this.#release([...this.#owned].filter((number) => !mine.has(number)));
    for (const number of gained) {
      this.#owned.add(number);
      this.#tell('onAcquire', () => this.#request.onAcquire(number));
    }
    this.#notify(
      'info',
      `group ${this.#request.group}: ${this.#request.instance} owns ${[...mine].join(', ') || 'nothing'}`,
      {
        generation,
      },
    );
    const { onMembers } = this.#request;
    if (onMembers !== undefined) this.#tell('onMembers', () => onMembers(membersOf(userData)));
  }

  #release(numbers: readonly number[]): void {
    for (const number of numbers) {
      this.#owned.delete(number);
      this.#tell('onRelease', () => this.#request.onRelease(number));
    }
  }

  /** A callback that throws must not keep the others from being told. */
  #tell(name: string, callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#notify('error', `${name} of ${this.#request.instance} threw`, { error });
    }
  }
}

/** As leader: who owns what, told to everybody. */
function share(
  topic: string,
  count: number,
  members: readonly { readonly memberId: string; readonly metadata: Buffer }[],
): ReadonlyMap<string, Buffer> {
  const reports = new Map(members.map(({ memberId, metadata }) => [memberId, reportOf(memberId, metadata)]));
  const candidates = [...reports].map(([memberId, report]): Candidate & { readonly memberId: string } => ({
    // Names first, so that ties go the same way whatever ids the coordinator gave.
    id: `${report.instance} ${memberId}`,
    memberId,
    topics: [topic],
    holds: report.numbers.map((partition) => ({ topic, partition })),
    generation: report.generation,
  }));
  const shares = assign(candidates, new Map([[topic, count]]));
  const numbersOf = new Map(
    candidates.map(({ id, memberId }) => [
      memberId,
      (shares.get(id) ?? []).map((held) => held.partition).sort((a, b) => a - b),
    ]),
  );
  const roll: Roll = {
    members: [...reports].map(([memberId, { instance, userData }]) => ({
      instance,
      numbers: numbersOf.get(memberId) ?? [],
      userData,
    })),
  };
  const userData = Buffer.from(JSON.stringify(roll));
  return new Map(
    [...numbersOf].map(([memberId, numbers]) => [
      memberId,
      encodeAssignment({ partitions: new Map([[topic, numbers]]), userData }),
    ]),
  );
}

/** What cannot be read counts as a member that owns nothing: it must not keep the group from working. */
function reportOf(memberId: string, metadata: Buffer): Report {
  const nothing: Report = { instance: memberId, numbers: [], generation: -1, userData: '' };
  try {
    const report = JSON.parse(Buffer.from(decodeSubscription(metadata).userData).toString('utf8')) as Partial<Report>;
    const { instance, numbers, generation, userData } = report;
    return {
      instance: typeof instance === 'string' ? instance : memberId,
      numbers: Array.isArray(numbers) ? numbers.filter((n): n is number => Number.isInteger(n)) : [],
      generation: typeof generation === 'number' ? generation : -1,
      userData: typeof userData === 'string' ? userData : '',
    };
  } catch {
    return nothing;
  }
}

function membersOf(userData: Uint8Array): readonly Member[] {
  if (userData.length === 0) return [];
  const { members } = JSON.parse(Buffer.from(userData).toString('utf8')) as Roll;
  return members.map((member) => ({ ...member, userData: Buffer.from(member.userData, 'base64') }));
}
