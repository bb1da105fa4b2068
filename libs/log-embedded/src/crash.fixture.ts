/** A random load on a log, and the memory of what was acknowledged, to be compared with what a crash leaves. */
import { expect } from '@jest/globals';
import type { Clock, Log, LogRecord, StoredRecord } from '@partitura/log';
import type { MemoryDisk } from './memory-disk.fixture.ts';
import { openEmbeddedLog } from './open.ts';
import { configOf } from './topic-config.fixture.ts';

/** Small files, so that a few appends roll, settle and compact. */
export const smallFiles = { commitFileBytes: 2_000, segmentBytes: 1_500 };

/** A clock that stands still but for the test; what should run later runs when the test says so. */
export class ManualClock implements Clock {
  time = 1_700_000_000_000;
  readonly #later: { readonly at: number; readonly task: () => void }[] = [];

  now(): number {
    return this.time;
  }
  monotonic(): number {
    return this.time;
  }
  after(delayMs: number, task: () => void): () => void {
    const entry = { at: this.time + delayMs, task };
    this.#later.push(entry);
    return () => {
      const index = this.#later.indexOf(entry);
      if (index >= 0) this.#later.splice(index, 1);
    };
  }
  pass(ms: number): void {
    this.time += ms;
    const due = this.#later.filter(({ at }) => at <= this.time);
    for (const entry of due) this.#later.splice(this.#later.indexOf(entry), 1);
    for (const { task } of due) task();
  }
}

export function openOn(
  disk: MemoryDisk,
  clock: Clock = new ManualClock(),
  trouble: string[] = [],
  files = smallFiles,
): Promise<Log> {
  return openEmbeddedLog({
    directory: disk.directory,
    fs: disk,
    clock,
    ...files,
    onFatal: (message) => trouble.push(`fatal: ${message}`),
    onTrouble: (message) => trouble.push(message),
  });
}

export async function readAll(log: Log, topic: string, partition: number): Promise<StoredRecord[]> {
  const { start, end } = await log.offsets(topic, partition);
  const records: StoredRecord[] = [];
  for (let next = start; next < end;) {
    const batch = await log.fetch(topic, partition, next, { maxBytes: 700 });
    expect(batch.nextOffset).toBeGreaterThan(next);
    records.push(...batch.records);
    next = batch.nextOffset;
  }
  return records;
}

interface Attempt {
  readonly values: readonly string[];
  /** Offset of the first, once it is known that they are there. */
  acked: number | undefined;
}

const topic = 'load';
/** What early readers appended because of what they read. */
const echoes = 'echoes';
const partitions = 3;
const groups = ['one', 'two'];

export class Load {
  readonly #random: () => number;
  #log!: Log;
  #batches = 0;
  readonly #attempts: Attempt[][] = Array.from({ length: partitions }, () => []);
  readonly #extra: string[] = [];
  /** Trims: acknowledged, and the highest that was tried. */
  readonly #trimmed = Array.from({ length: partitions }, () => ({ acked: 0, tried: 0 }));
  /** Per group: position that was acknowledged last, and those tried since. */
  readonly #positions = new Map(groups.map((group) => [group, { acked: -1, tried: [] as number[] }]));

  constructor(random: () => number) {
    this.#random = random;
  }

  async begin(log: Log): Promise<void> {
    this.#log = log;
    await log.createTopics([topic, echoes].map((name) => ({ topic: name, partitions, config: configOf() })));
    for (let partition = 0; partition < partitions; partition++) await this.#echo(partition);
  }

  /** Reads what is not durable yet and appends something because of it. */
  async #echo(partition: number): Promise<void> {
    const { end } = await this.#log.offsets(topic, partition);
    this.#log.follow({
      topic,
      partition,
      from: end,
      early: true,
      onBatch: ({ records }) => {
        if (records.length === 0) return;
        const values = records.map(({ offset, value }) =>
          Buffer.from(`${offset} ${Buffer.from(value ?? []).toString()}`),
        );
        void acceptedOrRefused(
          this.#log.append(
            echoes,
            partition,
            values.map((value) => ({ key: null, value })),
          ),
        );
      },
      onEnd: () => undefined,
    });
  }

  /** Goes on until the disk is dead; time passes. */
  async run(isDead: () => boolean, clock: ManualClock): Promise<void> {
    while (!isDead()) {
      const burst = Array.from({ length: 1 + Math.floor(this.#random() * 6) }, () => this.#act());
      const answers = { missing: burst.length };
      for (const act of burst) void act.then(() => answers.missing--);
      while (answers.missing > 0 && !isDead()) {
        clock.pass(10);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  #act(): Promise<unknown> {
    const partition = Math.floor(this.#random() * partitions);
    const dice = this.#random();
    if (dice < 0.75) return this.#append(partition);
    if (dice < 0.83) return this.#trim(partition);
    if (dice < 0.85) return this.#createTopic();
    return this.#commit(groups[Math.floor(this.#random() * groups.length)] as string);
  }

  async #append(partition: number): Promise<void> {
    const batch = this.#batches++;
    const count = 1 + Math.floor(this.#random() * 4);
    const bytes = this.#random() < 0.05 ? 3_000 : Math.floor(this.#random() * 200);
    const values = Array.from({ length: count }, (_, i) => `${batch}.${i} ${'x'.repeat(bytes)}`);
    const attempt: Attempt = { values, acked: undefined };
    const attempts = this.#attempts[partition] ?? [];
    attempts.push(attempt);
    const records: LogRecord[] = values.map((value) => ({ key: null, value: Buffer.from(value) }));
    const appended = await acceptedOrRefused(this.#log.append(topic, partition, records));
    // Refused is not the same as unanswered: nothing of it may ever be there.
    if (appended === undefined) attempts.splice(attempts.indexOf(attempt), 1);
    else attempt.acked = appended.baseOffset;
  }

  async #createTopic(): Promise<void> {
    const name = `extra-${this.#batches++}`;
    const created = this.#log.createTopics([{ topic: name, partitions: 1, config: configOf() }]);
    if ((await acceptedOrRefused(created.then(() => true))) !== true) return;
    const appended = await acceptedOrRefused(this.#log.append(name, 0, [{ key: null, value: Buffer.from(name) }]));
    if (appended !== undefined) this.#extra.push(name);
  }

  async #trim(partition: number): Promise<void> {
    const { start, end } = await this.#log.offsets(topic, partition);
    const before = start + Math.floor(this.#random() * (end - start + 1));
    const trimmed = this.#trimmed[partition] ?? { acked: 0, tried: 0 };
    trimmed.tried = Math.max(trimmed.tried, before);
    const done = await acceptedOrRefused(this.#log.trim(topic, partition, before).then(() => true));
    if (done === true) trimmed.acked = Math.max(trimmed.acked, before);
  }

  async #commit(group: string): Promise<void> {
    const offset = this.#batches++;
    const position = this.#positions.get(group) ?? { acked: -1, tried: [] };
    position.tried.push(offset);
    const done = await acceptedOrRefused(this.#log.commit(group, [{ topic, partition: 0, offset }]).then(() => true));
    if (done === true) {
      position.tried.splice(0, position.tried.indexOf(offset) + 1);
      position.acked = offset;
    } else position.tried.splice(position.tried.indexOf(offset), 1);
  }

  /** Compares the log after a crash, and takes over what it decided about attempts without an answer. */
  async check(log: Log): Promise<void> {
    for (let partition = 0; partition < partitions; partition++) await this.#checkPartition(log, partition);
    for (const name of this.#extra) {
      expect((await readAll(log, name, 0)).map(({ value }) => String(value))).toEqual([name]);
    }
    for (const [group, position] of this.#positions) {
      const [found] = await log.committed(group, [{ topic, partition: 0 }]);
      expect([position.acked, ...position.tried]).toContain(found?.offset ?? -1);
      position.acked = found?.offset ?? -1;
      position.tried = [];
    }
  }

  async #checkPartition(log: Log, partition: number): Promise<void> {
    const { start, end } = await log.offsets(topic, partition);
    const trimmed = this.#trimmed[partition] ?? { acked: 0, tried: 0 };
    expect(start).toBeGreaterThanOrEqual(trimmed.acked);
    expect(start).toBeLessThanOrEqual(trimmed.tried);
    this.#trimmed[partition] = { acked: start, tried: start };

    const records = await readAll(log, topic, partition);
    expect(records.map((record) => record.offset)).toEqual(Array.from({ length: end - start }, (_, i) => start + i));
    const values = new Map(records.map(({ offset, value }) => [offset, Buffer.from(value ?? []).toString()]));
    const attempts = this.#attempts[partition] ?? [];
    for (const attempt of attempts) {
      const base = attempt.acked ?? baseOf(attempt, values);
      // Without an answer nothing of it may be there, but then really nothing.
      if (base === undefined) continue;
      attempt.values.forEach((value, i) => {
        if (base + i >= start) expect([base + i, values.get(base + i)]).toEqual([base + i, value]);
        values.delete(base + i);
      });
      attempt.acked = base;
    }
    // Nothing that nobody appended.
    expect([...values]).toEqual([]);
    // And nothing that follows from what is not there.
    const sources = new Map(records.map(({ offset, value }) => [offset, Buffer.from(value ?? []).toString()]));
    for (const { value } of await readAll(log, echoes, partition)) {
      const [, offset, text] = /^(\d+) (.*)$/.exec(Buffer.from(value ?? []).toString()) ?? [];
      expect(Number(offset)).toBeLessThan(end);
      if (Number(offset) >= start) expect(sources.get(Number(offset))).toBe(text);
    }
    this.#attempts[partition] = attempts.filter(({ acked }) => acked !== undefined);
  }
}

/** Undefined: the disk refused, and the log said so. */
async function acceptedOrRefused<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    return undefined;
  }
}

/** Where the first record of an unanswered attempt would be, given one of its records that is there. */
function baseOf(attempt: Attempt, values: ReadonlyMap<number, string>): number | undefined {
  for (const [offset, value] of values) {
    const index = attempt.values.indexOf(value);
    if (index >= 0) return offset - index;
  }
  return undefined;
}
