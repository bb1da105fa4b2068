import {
  commandId,
  Payload,
  workflowId,
  type Command,
  type CommandEnvelope,
  type Decided,
  type JournalRecord,
  type Reply,
  type TaskRecord,
} from '@partitura/model';
import { hostPartitions, type PartitionHost } from '../host.ts';
import type { Alarm } from '../observer.ts';
import type { Domain, JournalPorts, JournalTopics } from '../ports.ts';
import type { Rules } from '../rules.ts';
import { journalDefaults, type JournalSettings } from '../settings.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryLog } from './memory-log.ts';
import { ReferenceCodec } from './reference-codec.ts';
import { tallyDomain, type Tally } from './tally-domain.ts';

const topics: JournalTopics = {
  journal: 'journal',
  commands: 'commands',
  definitions: 'definitions',
  replies: 'replies',
  deadLetters: 'dead-letters',
  restoreGroup: 'restore',
  readerGroups: ['archived'],
  deciderGroup: 'decider',
  taskTopic: ({ type }) => ({
    topic: `tasks.${type}`,
    partitions: 2,
    config: { cleanup: 'delete', retentionMs: -1, timestamps: 'create', maxMessageBytes: 1e6 },
  }),
  queueGroup: ({ type }) => `queue.${type}`,
  taskPartition: (id, partitions) => id.length % partitions,
};

/** Two partitions on a log in memory, and whoever hosts them. Ids that end with an odd digit live in partition 1. */
export class Installation {
  readonly clock = new ManualClock();
  readonly log = new MemoryLog(this.clock);
  readonly codec = new ReferenceCodec();
  readonly alarms: Alarm[] = [];
  /** Names that the copy of the definitions holds. */
  readonly definitions = new Set<string>();
  host: PartitionHost | undefined;
  readonly #settings: Partial<JournalSettings>;
  #hosts = 0;
  #tokens = 0;
  #commands = 0;

  constructor(settings: Partial<JournalSettings> = {}) {
    this.#settings = settings;
    this.log.topics.set('journal', 2);
    this.log.topics.set('commands', 2);
  }

  ports(rules?: Rules): JournalPorts {
    const { definitions, log } = this;
    return {
      log,
      clock: this.clock,
      domain: tallyDomain,
      codec: this.codec,
      topics,
      partitionOf: (id) => Number(id.at(-1)) % 2 || 0,
      definitions: {
        workflow: (name) => (definitions.has(name) ? Payload.empty : undefined),
        task: () => undefined,
        latestVersion: () => undefined,
        get position() {
          return definitions.size;
        },
        reached: () => new Promise((resolve) => void this.clock.after(400, () => resolve(false))),
      },
      reviveTask: (request) => ({
        kind: 'DispatchTask',
        queue: { type: 'revive' },
        task: { taskId: `revive ${request.aggregate}`, ...request } as unknown as TaskRecord,
      }),
      freshToken: () => `token-${this.#tokens++}`,
      observer: { alarm: (alarm) => this.alarms.push(alarm) },
      settings: { ...journalDefaults, owner: `host-${this.#hosts++}`, partitions: 2, ...this.#settings },
      ...(rules && { rules }),
    };
  }

  /** Hosts these partitions, and waits until they are owned. */
  async open(numbers: readonly number[] = [0], rules?: Rules, domain: Domain = tallyDomain): Promise<PartitionHost> {
    const host = await hostPartitions({ ...this.ports(rules), domain });
    this.host = host;
    for (const number of numbers) this.log.acquire(number);
    await this.clock.until(() => host.partitions().every(({ phase }) => phase === 'owning'), 'ownership', 2_000);
    return host;
  }

  /** Puts a command onto the topic, as a client would. */
  put(id: string, body: Command, more: Partial<CommandEnvelope> = {}, partition = Number(id.at(-1)) % 2 || 0): string {
    const envelope: CommandEnvelope = {
      commandId: commandId(`c${this.#commands++}`),
      aggregate: workflowId(id),
      sentAt: 0,
      ...more,
      body,
    };
    this.log.put('commands', partition, this.codec.encodeCommand(envelope));
    return envelope.commandId;
  }

  /** The same, and then as much time as nothing but the runtime needs. */
  async tell(id: string, body: Command, more: Partial<CommandEnvelope> = {}): Promise<string> {
    const command = this.put(id, body, more);
    await this.clock.pass(50);
    return command;
  }

  journal(partition = 0): readonly JournalRecord[] {
    return this.log.records('journal', partition).map(({ value }) => this.codec.object<JournalRecord>(value));
  }
  /** Decisions about an aggregate, or all that consumed a command or continued one. */
  decisions(id?: string, partition = 0): readonly Decided[] {
    return this.journal(partition).filter(
      (entry): entry is Decided =>
        entry.kind === 'decision' && (id === undefined ? entry.cause.kind !== 'owner' : entry.aggregate === id),
    );
  }
  /** Outcomes in a word each: rejections by their code. */
  outcomes(id?: string, partition = 0): readonly string[] {
    return this.decisions(id, partition).map(({ outcome }) =>
      outcome.kind === 'rejected' ? outcome.code : outcome.kind,
    );
  }
  sent<T>(topic: string, partition = 0): readonly T[] {
    return this.log.records(topic, partition).map(({ value }) => this.codec.object<T>(value));
  }
  replies(): readonly Reply[] {
    return this.sent<Reply>('replies');
  }
}

export type { Tally };
