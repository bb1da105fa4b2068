import { sleep, type CommittedPosition, type Ownership } from '@partitura/log';
import type { AggregateId } from '@partitura/model';
import { Halt, reasonOf } from './failures.ts';
import type { AlarmCode, Phase } from './observer.ts';
import { PartitionOwner, type Ending } from './owner.ts';
import type { PartitionState } from './partition-state.ts';
import type { JournalPorts } from './ports.ts';
import { faithful } from './rules.ts';
import { TaskTopics } from './task-topics.ts';

/** What this process does with one partition number. */
export interface PartitionStatus {
  readonly partition: number;
  readonly phase: Phase;
  /** Why it is halted: the alarm that was raised, and in a sentence what was found. */
  readonly code?: AlarmCode;
  readonly reason?: string;
}

export interface PartitionHost {
  /** The numbers this process owns now. */
  partitions(): readonly PartitionStatus[];
  /** Writes a checkpoint of this partition soon, whatever its window says. */
  checkpoint(partition: number): void;
  /** Broadcasts the state of an aggregate again where the last records do not say it, if it is owned here. */
  restate(id: AggregateId): void;
  /** Stops consuming, lets batches and effects settle within the bound, and leaves the group. */
  close(): Promise<void>;
}

/**
 * Joins the deciders' group and runs every partition that it is handed, until closed. A number that is kept over a
 * rebalance keeps its owner and its state: the continuity check proves that nobody wrote in between. Throws `Halt` when
 * the topics do not have the configured number of partitions.
 */
export async function hostPartitions(ports: JournalPorts): Promise<PartitionHost> {
  await mustHavePartitions(ports);
  const hosting = new Hosting(ports);
  await hosting.join();
  return hosting;
}

async function mustHavePartitions({ log, topics, settings }: JournalPorts): Promise<void> {
  const described = await log.describeTopics([topics.commands, topics.journal]);
  for (const topic of [topics.commands, topics.journal]) {
    const partitions = described.get(topic)?.partitions;
    if (partitions === settings.partitions) continue;
    const found = partitions === undefined ? 'does not exist' : `has ${partitions} partitions`;
    throw new Halt('PARTITION_COUNT', `topic ${topic} ${found}, this process is set to ${settings.partitions}`);
  }
}

/** A number that was handed to us, through all its claims. */
interface Tenure {
  readonly partition: number;
  phase: Phase;
  why?: Halt;
  owner: PartitionOwner | undefined;
  /** Claims in a row that ended in a defect of the runtime without getting any further. */
  defects: number;
  /** Where the last of them stood. */
  defectAt: number;
  /** False once the number was taken away. */
  held: boolean;
  done: Promise<void>;
}

class Hosting implements PartitionHost {
  readonly #ports: JournalPorts;
  readonly #taskTopics: TaskTopics;
  readonly #tenures = new Map<number, Tenure>();
  #ownership: Ownership | undefined;
  #joined: () => void = () => undefined;
  readonly #isJoined = new Promise<void>((resolve) => {
    this.#joined = resolve;
  });
  #closed = false;
  #stopCommitting: () => void = () => undefined;
  #recommittedAt: number;

  constructor(ports: JournalPorts) {
    this.#ports = ports;
    this.#taskTopics = new TaskTopics(ports);
    this.#recommittedAt = ports.clock.monotonic();
  }

  async join(): Promise<void> {
    const { log, topics, settings } = this.#ports;
    this.#ownership = await log.own({
      group: topics.deciderGroup,
      topic: topics.commands,
      count: settings.partitions,
      instance: settings.owner,
      onAcquire: (partition) => this.#acquire(partition),
      onRelease: (partition) => this.#release(partition),
    });
    this.#joined();
    this.#commitNowAndThen();
  }

  partitions(): readonly PartitionStatus[] {
    return [...this.#tenures.values()].map(({ partition, phase, why }) =>
      why === undefined ? { partition, phase } : { partition, phase, code: why.code, reason: why.message },
    );
  }

  checkpoint(partition: number): void {
    this.#tenures.get(partition)?.owner?.checkpoint();
  }

  restate(id: AggregateId): void {
    this.#tenures.get(this.#ports.partitionOf(id))?.owner?.restate(id);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopCommitting();
    const tenures = [...this.#tenures.values()];
    for (const tenure of tenures) tenure.held = false;
    await Promise.all(tenures.flatMap(({ owner }) => (owner === undefined ? [] : [owner.drain()])));
    for (const tenure of tenures) tenure.owner?.stop();
    await this.#ownership?.close();
    await Promise.all(tenures.map((tenure) => tenure.done));
  }

  #acquire(partition: number): void {
    if (this.#closed || this.#tenures.has(partition)) return;
    const tenure: Tenure = {
      partition,
      phase: 'claiming',
      owner: undefined,
      defects: 0,
      defectAt: -1,
      held: true,
      done: Promise.resolve(),
    };
    this.#tenures.set(partition, tenure);
    tenure.done = this.#serve(tenure);
  }

  #release(partition: number): void {
    const tenure = this.#tenures.get(partition);
    if (tenure === undefined) return;
    this.#tenures.delete(partition);
    tenure.held = false;
    tenure.owner?.stop();
  }

  /** Claims again and again for as long as the number is ours. */
  async #serve(tenure: Tenure): Promise<void> {
    const { partition } = tenure;
    const { keptAfterLoss } = this.#ports.rules ?? faithful;
    let kept: PartitionState | undefined;
    while (tenure.held) {
      this.#enter(tenure, 'claiming');
      const owner = new PartitionOwner(this.#ports, partition, this.#taskTopics);
      tenure.owner = owner;
      const ending = await owner.run(() => this.#enter(tenure, 'owning'), kept);
      kept = owner.state && keptAfterLoss(owner.state);
      tenure.owner = undefined;
      if (!(await this.#mayClaimAgain(tenure, ending))) return;
    }
    this.#enter(tenure, 'released');
  }

  async #mayClaimAgain(tenure: Tenure, ending: Ending): Promise<boolean> {
    const { clock, settings, observer } = this.#ports;
    const { partition } = tenure;
    switch (ending.kind) {
      case 'released':
        this.#enter(tenure, 'released');
        return false;
      case 'halted':
        this.#halt(tenure, ending.why);
        return false;
      case 'failed': {
        // The same command again and again must not keep the partition in a loop for ever.
        const { inputPosition = -1 } = ending;
        tenure.defects = inputPosition > tenure.defectAt ? 1 : tenure.defects + 1;
        tenure.defectAt = Math.max(tenure.defectAt, inputPosition);
        if (tenure.defects >= defectsMost) {
          this.#halt(tenure, ending.why);
          return false;
        }
        this.#enter(tenure, 'superseded');
        const { code, message, cause } = ending.why;
        observer.alarm({ partition, code, message: `${message}; the partition is claimed again`, cause });
        await sleep(clock, settings.retryMaxMs * 2 ** tenure.defects);
        return tenure.held;
      }
      case 'gaveUp':
        this.#enter(tenure, 'superseded');
        observer.alarm({
          partition,
          code: ending.why.code,
          message: `${ending.why.message}; the partition is claimed again`,
        });
        await sleep(clock, settings.retryMaxMs);
        return tenure.held;
      case 'superseded':
        this.#enter(tenure, 'superseded');
        return this.#confirmed(tenure);
    }
  }

  /** Two members that both believe they own a number would claim in turns; the group's word settles it. */
  async #confirmed(tenure: Tenure): Promise<boolean> {
    await this.#isJoined;
    while (tenure.held) {
      try {
        await this.#ownership?.confirm();
        return tenure.held;
      } catch {
        // Not a member any more: the number is taken away, or handed to us again, by the callbacks.
        await sleep(this.#ports.clock, this.#ports.settings.retryMs);
      }
    }
    return false;
  }

  /** Never silently: the alarm, and the status until somebody has looked. */
  #halt(tenure: Tenure, why: Halt): void {
    const { code, message, cause } = why;
    tenure.why = why;
    this.#enter(tenure, 'halted');
    this.#ports.observer.alarm({
      partition: tenure.partition,
      code,
      message: `${message}; the partition is halted`,
      ...(cause !== undefined && { cause }),
    });
  }

  #enter(tenure: Tenure, phase: Phase): void {
    tenure.phase = phase;
    this.#ports.observer.phase?.(tenure.partition, phase);
  }

  /** Input positions for ordinary lag tools, and once a day the pointers, which brokers forget. Nothing is read back. */
  #commitNowAndThen(): void {
    const { clock, settings } = this.#ports;
    this.#stopCommitting = clock.after(commitEveryMs, () => {
      if (this.#closed) return;
      this.#commitPositions();
      if (clock.monotonic() - this.#recommittedAt >= settings.recommitMs) this.#recommitPointers();
      this.#commitNowAndThen();
    });
  }

  #commitPositions(): void {
    const { log, topics } = this.#ports;
    const positions: CommittedPosition[] = [];
    for (const { partition, owner } of this.#tenures.values()) {
      if (owner?.inputPosition === undefined) continue;
      positions.push({ topic: topics.commands, partition, offset: owner.inputPosition });
    }
    if (positions.length > 0) log.commit(topics.deciderGroup, positions).catch(() => undefined);
  }

  #recommitPointers(): void {
    const { log, clock, topics, observer } = this.#ports;
    this.#recommittedAt = clock.monotonic();
    const all = [...this.#tenures.keys()].map((partition) => ({ topic: topics.journal, partition }));
    log
      .committed(topics.restoreGroup, all)
      .then((positions) => (positions.length > 0 ? log.commit(topics.restoreGroup, positions) : undefined))
      .catch((error: unknown) => {
        const message = `the pointers to the checkpoints could not be renewed: ${reasonOf(error)}`;
        observer.alarm({ partition: -1, code: 'LOG_FAILING', message, cause: error });
      });
  }
}

/** Claims in a row that may fail at the same command. */
const defectsMost = 5;
const commitEveryMs = 5_000;
