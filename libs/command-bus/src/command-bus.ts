import {
  Fault,
  type AggregateId,
  type Command,
  type CommandEnvelope,
  type CommandId,
  type Reply,
  type ReplyAddress,
} from '@partitura/model';
import { Outbox, type Batch, type Clock, type Following, type Log } from '@partitura/log';
import {
  createCommandCodec,
  encodePublicCommand,
  murmur2,
  partitionOf,
  replyCodec,
  topicNames,
  type EncodedCommand,
} from '@partitura/wire';

export interface CommandBusOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly namespace: string;
  /** P of the installation. */
  readonly partitions: number;
  /** Unique among living processes. */
  readonly instance: string;
  /**
   * Who sends: the product itself, which signs with the installation key if there is one, or a program outside, whose
   * commands cannot say what only the product may say.
   */
  readonly sender: { readonly as: 'product'; readonly key?: Uint8Array } | { readonly as: 'outsider' };
  /** Calls waiting for an outcome at once; default 100,000. */
  readonly callsMax?: number;
  readonly onAlarm: (what: string, why: unknown) => void;
}

/** A command as its sender states it. */
export interface Order {
  readonly commandId: CommandId;
  readonly aggregate: AggregateId;
  readonly body: Command;
  readonly principal?: string;
  /** The offset of `definitions` that the sender has seen. */
  readonly definitionsOffset?: number;
}

interface Call {
  readonly answer: (reply: Reply) => void;
  readonly giveUp: () => void;
}

/**
 * Sends commands to the partitions of their aggregates and hears the outcomes. Commands that are given meanwhile travel
 * together; replies arrive on one partition of `replies` that this instance follows.
 */
export class CommandBus {
  readonly #options: CommandBusOptions;
  readonly #outbox: Outbox;
  readonly #encode: (envelope: CommandEnvelope) => EncodedCommand;
  readonly #commandsTopic: string;
  readonly #calls = new Map<number, Call>();
  #correlation = 0;
  #replies: { readonly partition: number; readonly following: Following } | undefined;
  #closed = false;

  private constructor(options: CommandBusOptions) {
    const { namespace, partitions, sender, log } = options;
    this.#options = options;
    // One send in flight: commands of one sender to one aggregate keep their order.
    this.#outbox = new Outbox(log);
    this.#commandsTopic = topicNames(namespace).commands;
    if (sender.as === 'outsider') this.#encode = encodePublicCommand;
    else {
      const { key } = sender;
      const codec = createCommandCodec({
        topic: this.#commandsTopic,
        partitions,
        ...(key === undefined ? {} : { key }),
      });
      this.#encode = (envelope) => codec.encode(envelope);
    }
  }

  /** Resolves when outcomes can be heard. */
  static async open(options: CommandBusOptions): Promise<CommandBus> {
    const bus = new CommandBus(options);
    await bus.#listen();
    return bus;
  }

  /** Resolves when the command is durable. Rejects with a Fault; the command may then have been sent nevertheless. */
  send(order: Order): Promise<void> {
    return this.#push(order, undefined);
  }

  /**
   * Resolves with the outcome. Rejects with `Fault` NO_ANSWER when none came in time (the command stays sent, a repeat
   * with the same id gets the first answer), BUSY when too many calls wait, and with the fault of the log.
   */
  call(order: Order, timeoutMs: number): Promise<Reply> {
    if (this.#closed) return Promise.reject(new Fault('CLOSED', 'this process is stopping', { retryable: true }));
    if (this.#calls.size >= (this.#options.callsMax ?? 100_000))
      return Promise.reject(new Fault('BUSY', 'too many calls wait for an answer', { retryable: true }));
    const replies = this.#replies;
    if (replies === undefined)
      return Promise.reject(new Fault('UNAVAILABLE', 'answers cannot be heard at the moment', { retryable: true }));
    const correlation = ++this.#correlation;
    return new Promise((resolve, reject) => {
      const stopTimer = this.#options.clock.after(timeoutMs, () =>
        end(() => reject(new Fault('NO_ANSWER', `no answer within ${timeoutMs} ms`, { retryable: true }))),
      );
      const end = (settle: () => void): void => {
        stopTimer();
        this.#calls.delete(correlation);
        settle();
      };
      this.#calls.set(correlation, {
        answer: (reply) => end(() => resolve(reply)),
        giveUp: () => end(() => reject(new Fault('CLOSED', 'this process is stopping', { retryable: true }))),
      });
      this.#push(order, { partition: replies.partition, instance: this.#options.instance, correlation }).catch(
        (why: unknown) => end(() => reject(why instanceof Error ? why : new Error(String(why)))),
      );
    });
  }

  /** Where an outcome that comes much later finds this instance ("reply when ended" goes through `call` as well). */
  get waiting(): number {
    return this.#calls.size;
  }

  close(): void {
    this.#closed = true;
    this.#replies?.following.close();
    for (const call of [...this.#calls.values()]) call.giveUp();
  }

  #push(order: Order, replyTo: ReplyAddress | undefined): Promise<void> {
    const { clock, partitions } = this.#options;
    const envelope: CommandEnvelope = { sentAt: clock.now(), ...order, ...(replyTo === undefined ? {} : { replyTo }) };
    const record = this.#encode(envelope);
    return this.#outbox.push({
      topic: this.#commandsTopic,
      partition: partitionOf(order.aggregate, partitions),
      ...record,
    });
  }

  async #listen(): Promise<void> {
    const { log, namespace, instance, clock, onAlarm } = this.#options;
    const topic = topicNames(namespace).replies;
    const count = (await log.describeTopics([topic])).get(topic)?.partitions;
    if (count === undefined) throw new Fault('UNKNOWN_TOPIC', `topic ${topic} does not exist`, { retryable: true });
    const partition = (murmur2(instance) & 0x7fffffff) % count;
    const { end } = await log.offsets(topic, partition);
    const following = log.follow({
      topic,
      partition,
      from: end,
      // What a reply tells is durable before the reply is sent.
      early: true,
      onBatch: (batch) => this.#hear(batch),
      onEnd: (why) => {
        this.#replies = undefined;
        if (this.#closed) return;
        onAlarm('answers cannot be heard; listening again', why);
        const again = (): void => void this.#listen().catch(() => clock.after(500, again));
        clock.after(100, again);
      },
    });
    this.#replies = { partition, following };
  }

  #hear(batch: Batch): void {
    const { instance, onAlarm } = this.#options;
    for (const { value, key, offset } of batch.records) {
      // The key is the instance: others' replies need not be decoded.
      if (value === null || (key !== null && !isText(key, instance))) continue;
      try {
        const reply = replyCodec.decode(value);
        if (reply.instance === instance) this.#calls.get(reply.correlation)?.answer(reply);
      } catch (error) {
        onAlarm(`reply ${offset} cannot be read`, error);
      }
    }
  }
}

function isText(bytes: Uint8Array, text: string): boolean {
  if (bytes.length !== text.length) return false;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
}
