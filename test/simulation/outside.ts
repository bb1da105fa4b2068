import type { LogRecord } from '@partitura/log';
import type { Random, SimulatedWorld } from '@partitura/log-simulated';
import {
  aggregateId,
  commandId,
  Payload,
  type AggregateId,
  type Command,
  type CommandEnvelope,
  type CommandId,
} from '@partitura/model';
import { taskCodec } from '@partitura/wire';
import type { ArchivePartition, RevivalWorker } from './archive.ts';
import { toilQueue, type Installation } from './installation.ts';

const plans = ['quick', 'work', 'work', 'nap', 'wide', 'ask-quick', 'ask-work', 'ask-work', 'ask-wide', 'ask-ask-work'];
const workflowIds = ['w0', 'w1', 'w2', 'w3'].map(aggregateId);

export const startOf = (name: string): Command => ({
  type: 'StartWorkflow',
  name,
  input: Payload.empty,
  priority: 0,
  taskToDomain: {},
  replyWhenEnded: false,
});
export const retry: Command = { type: 'RetryWorkflow', resumeSubworkflowTasks: false };
export const signal: Command = { type: 'PauseWorkflow' };
/** What operators do to workflows that have ended, and to those that run. */
const revivals: readonly Command[] = [
  retry,
  { type: 'RestartWorkflow', useLatestDefinitions: true },
  { type: 'RerunWorkflow' },
  { type: 'RestartWorkflow', useLatestDefinitions: false },
];
const interventions: readonly Command[] = [
  signal,
  { type: 'SetVariables', values: Payload.of({ k: 1 }) },
  { type: 'SkipTask', referenceName: 'toil' },
  { type: 'JumpToTask', referenceName: 'toil' },
];

/** Everybody who is not part of the installation: clients, workers, and the archive's reader as a worker of its own. */
export class Outside {
  readonly #world: SimulatedWorld;
  readonly #random: Random;
  readonly #installation: Installation;
  readonly #archive: readonly ArchivePartition[];
  readonly #revival: RevivalWorker;
  readonly #sent: { readonly partition: number; readonly record: LogRecord }[] = [];
  readonly #read = new Map<string, number>();
  #commands = 0;
  /** In calm weather everybody answers once, at once, and to the right place. */
  calm = false;
  /** Questions to the archive that nobody has taken up. */
  #questions: Uint8Array[] = [];
  /** Whether questions to the archive wait until they are answered on purpose. */
  holdsRevivals = false;
  /** Reports that workers keep to themselves. */
  #reports: (() => void)[] = [];
  /** Whether workers keep their reports until they are told to send them. */
  holdsResults = false;
  /** Whether outsiders err by chance: wrong partitions, reports that never come, or late, or twice. */
  errs = true;

  constructor(
    world: SimulatedWorld,
    random: Random,
    installation: Installation,
    archive: readonly ArchivePartition[],
    revival: RevivalWorker,
  ) {
    this.#world = world;
    this.#random = random;
    this.#installation = installation;
    this.#archive = archive;
    this.#revival = revival;
  }

  /** One thing that some client does. */
  act(): void {
    const random = this.#random;
    switch (random.below(12)) {
      case 0:
      case 1:
      case 2:
      case 3:
        this.#start(random.pick(workflowIds));
        break;
      case 4:
      case 5:
        this.#repeat();
        break;
      case 6:
        this.send(random.pick(workflowIds), { type: 'TerminateWorkflow', byParent: false });
        break;
      case 7:
        this.send(this.#someId(), this.#inTurn(interventions));
        break;
      case 8:
      case 9:
      case 10:
        this.send(this.#someId(), this.#inTurn(revivals));
        break;
      default:
        this.#oddity();
    }
  }

  /** Workers look into their queues. */
  work(): void {
    for (const { value } of this.#news(toilQueue.type)) this.#toil(value);
    for (const { value } of this.#news('revival')) this.#questions.push(value ?? new Uint8Array());
    if (this.holdsRevivals && !this.calm) return;
    for (const question of this.#questions.splice(0)) this.#revive(question);
  }

  get hasResults(): boolean {
    return this.#reports.length > 0;
  }
  /** Workers send what they have kept to themselves. */
  report(): void {
    for (const report of this.#reports.splice(0)) report();
  }

  get hasRevivalTask(): boolean {
    return this.#questions.length > 0;
  }
  /** Answers at once whatever the archive was asked. */
  answerRevivals(): void {
    for (const question of this.#questions.splice(0)) {
      for (const answer of this.#revival.answer(question)) {
        this.#put(this.#home(answer.aggregate), this.#installation.codec.encodeCommand(answer));
      }
    }
  }

  #inTurn(commands: readonly Command[]): Command {
    return commands[this.#commands % commands.length] ?? signal;
  }

  #start(id: AggregateId): void {
    this.send(id, startOf(this.#random.pick(plans)));
  }

  /** The same record again, as clients do that saw no answer. */
  #repeat(): void {
    const recent = this.#sent.slice(-8);
    if (recent.length === 0) return;
    const { partition, record } = this.#random.pick(recent);
    this.#put(this.#random.chance(0.8) ? partition : this.#anyPartition(), record);
  }

  #oddity(): void {
    const random = this.#random;
    const at = { topic: this.#installation.names.commands, partition: this.#anyPartition() };
    switch (random.below(5)) {
      case 0:
        this.#put(this.#anyPartition(), { key: null, value: new Uint8Array([1, 2, 3]) });
        break;
      case 1:
        this.#start(aggregateId(`lone-${this.#commands}`));
        break;
      case 2:
        this.send(random.pick(workflowIds), startOf('nobody-knows'));
        break;
      case 3: {
        const start = { type: 'StartWorkflow', name: random.pick(plans) };
        this.#put(this.#anyPartition(), { key: null, value: new TextEncoder().encode(JSON.stringify(start)) });
        break;
      }
      default: {
        const id = random.pick(workflowIds);
        const transaction = this.#world.transaction({ ...at, partition: this.#installation.partitionOf(id) });
        transaction.add([this.#encode(id, { type: 'PauseWorkflow' }, this.#freshId())]);
        const how = random.chance(0.5) ? 'aborted' : 'committed';
        this.#world.after(random.exponential(100), () => transaction.end(how));
      }
    }
  }

  #toil(value: Uint8Array | null): void {
    const random = this.#random;
    const task = taskCodec.decode(value ?? new Uint8Array());
    const times = !this.#err ? 1 : random.chance(0.12) ? 0 : random.chance(0.2) ? 2 : 1;
    for (let i = 0; i < times; i++) {
      const delay = !this.#err ? 0 : random.chance(0.05) ? random.next() * 6_000 : random.exponential(150);
      const result: Command = {
        type: 'TaskResult',
        taskId: task.taskId,
        ...(random.chance(0.8) ? { dispatch: task.dispatch } : {}),
        status: 'COMPLETED',
        output: Payload.empty,
        callbackAfterSeconds: 0,
        extendLease: false,
        logs: [],
      };
      const report = (): void => this.send(task.workflowId, result, commandId(`result ${task.taskId} ${i}`));
      if (this.holdsResults && !this.calm) this.#reports.push(report);
      else this.#world.after(delay, report);
    }
  }

  #revive(question: Uint8Array): void {
    const random = this.#random;
    if (this.#err && random.chance(0.15)) return;
    const delay = this.#err ? random.exponential(200) : 0;
    this.#world.after(delay, () => {
      for (const answer of this.#revival.answer(question)) {
        const times = this.#err && random.chance(0.15) ? 2 : 1;
        for (let i = 0; i < times; i++) {
          this.#world.after(this.#err ? random.exponential(30) : 0, () => {
            this.#put(this.#home(answer.aggregate), this.#installation.codec.encodeCommand(answer));
          });
        }
      }
    });
  }

  send(id: AggregateId, body: Command, as: CommandId = this.#freshId()): void {
    const record = this.#encode(id, body, as);
    const partition = this.#home(id);
    this.#sent.push({ partition, record });
    this.#put(partition, record);
  }

  #encode(aggregate: AggregateId, body: Command, as: CommandId): LogRecord {
    const replyTo = { partition: 0, instance: 'client', correlation: this.#commands };
    const envelope: CommandEnvelope = { commandId: as, aggregate, sentAt: this.#world.now, replyTo, body };
    return this.#installation.codec.encodeCommand(envelope);
  }

  /** Producers of other languages choose other partitions. */
  #home(id: AggregateId): number {
    return this.#err && this.#random.chance(0.15) ? this.#anyPartition() : this.#installation.partitionOf(id);
  }
  get #err(): boolean {
    return this.errs && !this.calm;
  }
  #anyPartition(): number {
    return this.#random.below(this.#installation.partitions);
  }

  #put(partition: number, record: LogRecord): void {
    this.#world.put({ topic: this.#installation.names.commands, partition }, [record]);
  }

  #someId(): AggregateId {
    const archived = this.#random
      .pick(this.#archive)
      .ids()
      .filter((id) => !id.startsWith('$'));
    return archived.length > 0 && this.#random.chance(0.5)
      ? this.#random.pick(archived)
      : this.#random.pick(workflowIds);
  }

  #freshId(): CommandId {
    return commandId(`c${this.#commands++}`);
  }

  /** Records of a queue that no worker has seen yet. */
  *#news(type: string): Generator<{ readonly value: Uint8Array | null }> {
    for (const at of this.#world.partitions(this.#installation.topics.taskTopic({ type }).topic)) {
      const key = `${at.topic}/${at.partition}`;
      const records = this.#world.everything(at);
      const from = this.#read.get(key) ?? 0;
      this.#read.set(key, records.length);
      yield* records.slice(from);
    }
  }
}
