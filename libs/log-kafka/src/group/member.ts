import { Fault } from '@partitura/model';
import type { Cluster } from '../connect/cluster.ts';
import type { Answers } from '../connect/answers.ts';
import { coordinatorCodes, faultOf, KafkaCode, logClosed, nameOf, unavailable } from '../errors.ts';
import type { Notify } from '../options.ts';
import type { Credentials, GroupRole, GroupSettings } from './role.ts';
import { whileUnavailable } from '../while-unavailable.ts';

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (why: Fault) => void;
}

const firstPauseMs = 50;
const longestPauseMs = 1_000;
let members = 0;

/**
 * Membership of one consumer group, and nothing else: no records are read for it. One loop joins, beats, and joins
 * again when the group rebalances or forgot us. It ends only when told to.
 */
export class GroupMember {
  readonly #cluster: Cluster;
  readonly #role: GroupRole;
  readonly #settings: GroupSettings;
  readonly #notify: Notify;
  readonly #lane = `group-${members++}`;
  #memberId = '';
  #generation = -1;
  /** We hold an assignment that the coordinator knows of. */
  #current = false;
  /** When the last request was sent that the coordinator answered as one of ours. */
  #confirmedAt = 0;
  #lossTimer: NodeJS.Timeout | undefined;
  #waiters: Waiter[] = [];
  #rejoin = false;
  #joining = false;
  /** Before the next try, while tries fail. */
  #pauseMs = firstPauseMs;
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(cluster: Cluster, role: GroupRole, settings: GroupSettings, notify: Notify) {
    this.#cluster = cluster;
    this.#role = role;
    this.#settings = settings;
    this.#notify = notify;
  }

  /** Resolves when the first assignment was handed over; rejects when the group does not want us. */
  async start(): Promise<void> {
    await whileUnavailable(
      this.#cluster.requestMs,
      () => this.#join(),
      () => this.#forgetCoordinator(),
    );
    void this.#run();
  }

  get credentials(): Credentials | undefined {
    return this.#current ? { generation: this.#generation, memberId: this.#memberId } : undefined;
  }

  get isOver(): boolean {
    return this.#closed;
  }

  /** Resolves when a request that was sent after this call showed that we are a member; rejects when we were not. */
  confirm(): Promise<void> {
    if (this.#closed) return Promise.reject(logClosed());
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#wake?.();
    });
  }

  rejoin(): void {
    this.#rejoin = true;
    this.#wake?.();
  }

  /** Gives up everything and leaves the group. */
  async leave(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#lose('it left');
    this.#wake?.();
    await this.#sendLeave(this.#memberId);
  }

  /** Over another connection than the one on which a join may wait. */
  async #sendLeave(memberId: string): Promise<void> {
    const { group } = this.#role;
    if (memberId === '') return;
    try {
      const node = await this.#cluster.coordinator(group);
      await this.#cluster.askNode(node, 'main', 'LeaveGroup', { groupId: group, memberId, members: [{ memberId }] });
    } catch (error) {
      this.#notify('debug', `group ${group} was not told of a leaving member; its session will end`, { error });
    }
  }

  #forgetCoordinator(): void {
    this.#cluster.forgetCoordinator(this.#role.group);
  }

  async #run(): Promise<void> {
    while (!this.#closed)
      try {
        if (!this.#current || this.#rejoin) await this.#join();
        await this.#beat();
      } catch (error) {
        if (this.#isClosed()) return;
        // Told once; what follows is the same until it works again.
        const level = this.#pauseMs === firstPauseMs ? 'warn' : 'debug';
        this.#notify(level, `group ${this.#role.group} cannot be reached; trying again`, { error });
        this.#forgetCoordinator();
        const pauseMs = this.#pauseMs;
        this.#pauseMs = Math.min(2 * pauseMs, longestPauseMs);
        await this.#sleep(pauseMs);
      }
  }

  /** Until there is a reason to join again. */
  async #beat(): Promise<void> {
    while (this.#isSettled()) {
      if (this.#waiters.length === 0) await this.#sleep(this.#settings.heartbeatMs);
      if (!this.#isSettled()) return;
      const sentAt = performance.now();
      const asked = [...this.#waiters];
      const body = { groupId: this.#role.group, groupGenerationId: this.#generation, memberId: this.#memberId };
      const code = (await this.#ask('Heartbeat', body)).errorCode;
      if (code === 0) {
        if (!this.#isSettled()) return; // given up meanwhile, for want of an answer
        this.#confirmed(sentAt);
        this.#settle(asked);
      } else if (code === KafkaCode.rebalanceInProgress) {
        this.#confirmed(sentAt);
        this.#rejoin = true;
      } else this.#fail(code);
    }
  }

  /** Join and sync until an assignment is ours. */
  async #join(): Promise<void> {
    this.#joining = true;
    try {
      await this.#joinUntilAssigned();
    } finally {
      this.#joining = false;
    }
  }

  async #joinUntilAssigned(): Promise<void> {
    const { group } = this.#role;
    for (;;) {
      this.#rejoin = false;
      const sentAt = performance.now();
      const asked = [...this.#waiters];
      const code = await this.#joinOnce(sentAt);
      if (code === 0) {
        this.#settle(asked);
        return;
      }
      if (this.#isClosed()) throw logClosed();
      if (code === KafkaCode.rebalanceInProgress || code === KafkaCode.memberIdRequired) continue;
      this.#fail(code);
      if (code !== KafkaCode.unknownMemberId && code !== KafkaCode.illegalGeneration)
        throw faultOf(code, `join of group ${group}`);
    }
  }

  async #joinOnce(sentAt: number): Promise<number> {
    const { group } = this.#role;
    const { sessionMs, rebalanceMs } = this.#settings;
    const joined = await this.#ask(
      'JoinGroup',
      {
        groupId: group,
        sessionTimeout: sessionMs,
        rebalanceTimeout: rebalanceMs,
        memberId: this.#memberId,
        protocolType: 'consumer',
        groupProtocols: this.#role.protocols(),
      },
      rebalanceMs + 5_000,
    );
    if (joined.errorCode === KafkaCode.memberIdRequired) this.#memberId = joined.memberId;
    if (joined.errorCode !== 0) return joined.errorCode;
    if (this.#isClosed()) {
      void this.#sendLeave(joined.memberId);
      throw logClosed();
    }
    this.#memberId = joined.memberId;
    const { generationId } = joined;

    let groupAssignment: { memberId: string; memberAssignment: Buffer }[] = [];
    if (joined.leaderId === joined.memberId) {
      const shares = await this.#role.assign(
        joined.groupProtocol,
        joined.members.map(({ memberId, memberMetadata }) => ({ memberId, metadata: memberMetadata })),
      );
      groupAssignment = [...shares].map(([memberId, memberAssignment]) => ({ memberId, memberAssignment }));
    }
    const syncedAt = performance.now();
    const synced = await this.#ask(
      'SyncGroup',
      { groupId: group, generationId, memberId: this.#memberId, groupAssignment },
      rebalanceMs + 5_000,
    );
    if (synced.errorCode !== 0) return synced.errorCode;
    if (this.#isClosed()) throw logClosed();
    this.#generation = generationId;
    this.#current = true;
    this.#confirmed(Math.max(sentAt, syncedAt));
    this.#role.onAssigned(synced.memberAssignment ?? Buffer.alloc(0), generationId);
    return 0;
  }

  /** An answer that is not about us but about the coordinator is thrown; one about us is a loss. */
  #fail(code: number): void {
    if (coordinatorCodes.has(code)) throw unavailable(`group ${this.#role.group}: ${nameOf(code)}`);
    if (code === KafkaCode.unknownMemberId) this.#memberId = '';
    this.#lose(nameOf(code));
  }

  #confirmed(at: number): void {
    this.#confirmedAt = at;
    this.#pauseMs = firstPauseMs;
    clearTimeout(this.#lossTimer);
    this.#lossTimer = setTimeout(() => {
      this.#checkSession();
    }, this.#settings.sessionMs);
  }

  /**
   * Without an answer for a session the coordinator may have given our numbers to others. While a join is under way it
   * waits for the other members, and gives us the time that it gives them.
   */
  #checkSession(): void {
    const silentMs = performance.now() - this.#confirmedAt;
    const allowedMs = this.#settings.sessionMs + (this.#joining ? this.#settings.rebalanceMs : 0);
    if (silentMs < allowedMs - 1) {
      this.#lossTimer = setTimeout(() => {
        this.#checkSession();
      }, allowedMs - silentMs);
      return;
    }
    this.#lose(`no answer for ${Math.round(silentMs)} ms`);
    this.#wake?.();
  }

  #lose(why: string): void {
    clearTimeout(this.#lossTimer);
    const current = this.#current;
    this.#current = false;
    this.#generation = -1;
    // Those who asked after an earlier loss wait for the next join.
    const waiters = current || this.#closed ? this.#waiters.splice(0) : [];
    for (const { reject } of waiters)
      reject(new Fault('UNAVAILABLE', `membership of ${this.#role.group} was lost: ${why}`, { retryable: true }));
    if (current) this.#role.onLost(why);
  }

  async #ask<Api extends 'JoinGroup' | 'SyncGroup' | 'Heartbeat' | 'LeaveGroup'>(
    api: Api,
    body: object,
    requestMs?: number,
  ): Promise<Answers[Api]> {
    const node = await this.#cluster.coordinator(this.#role.group);
    return this.#cluster.askNode(node, this.#lane, api, body, requestMs);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#wake = wake;
    });
  }

  /** Those that are still waiting; a loss has rejected the others. */
  #settle(asked: readonly Waiter[]): void {
    for (const waiter of asked) {
      const index = this.#waiters.indexOf(waiter);
      if (index < 0) continue;
      this.#waiters.splice(index, 1);
      waiter.resolve();
    }
  }

  #isClosed(): boolean {
    return this.#closed;
  }
  #isSettled(): boolean {
    return !this.#closed && this.#current && !this.#rejoin;
  }
}
