import { Fault } from '@partitura/model';
import type { Isolation, LogRecord, StoredRecord, TopicConfig } from '@partitura/log';

/** A producer's open transaction in one partition. */
export interface Transaction {
  state: 'open' | 'committed' | 'aborted';
  readonly first: number;
}

interface Slot {
  /** Absent: a control record, which only takes up an offset. */
  readonly record: StoredRecord | undefined;
  readonly bytes: number;
  /** Offset after the last record of this slot's batch. */
  readonly batchEnd: number;
  readonly transaction: Transaction | undefined;
}

export interface ReadResult {
  readonly records: readonly StoredRecord[];
  readonly nextOffset: number;
}

/** One partition as its broker has it. Trimmed records stay readable for checkers through {@link everything}. */
export class PartitionLog {
  readonly config: TopicConfig;
  readonly #slots: Slot[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #open = new Set<Transaction>();
  #start = 0;

  constructor(config: TopicConfig) {
    this.config = config;
  }

  get start(): number {
    return this.#start;
  }
  get end(): number {
    return this.#slots.length;
  }
  /** End of what is committed. */
  get lastStable(): number {
    let stable = this.end;
    for (const transaction of this.#open) stable = Math.min(stable, transaction.first);
    return stable;
  }

  append(records: readonly LogRecord[], timestamp: number, transaction?: Transaction): number {
    const base = this.end;
    const sizes = records.map(sizeOf);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (total > this.config.maxMessageBytes) {
      throw new Fault('TOO_LARGE', `a batch of ${total} bytes is above the limit of ${this.config.maxMessageBytes}`, {
        retryable: false,
      });
    }
    const batchEnd = base + records.length;
    records.forEach((record, i) => {
      const stored = { ...record, offset: base + i, timestamp };
      this.#slots.push({ record: stored, bytes: sizes[i] ?? 0, batchEnd, transaction });
    });
    this.#wake();
    return base;
  }

  begin(): Transaction {
    const transaction: Transaction = { state: 'open', first: this.end };
    this.#open.add(transaction);
    return transaction;
  }

  /** Ends a transaction; its marker takes up one offset. */
  finish(transaction: Transaction, as: 'committed' | 'aborted'): void {
    transaction.state = as;
    this.#open.delete(transaction);
    this.#slots.push({ record: undefined, bytes: 0, batchEnd: this.end + 1, transaction: undefined });
    this.#wake();
  }

  /** Whole batches from the one that holds `from`, at least one, up to about `maxBytes` and `maxBatches`. */
  read(from: number, isolation: Isolation, maxBytes: number, maxBatches = Infinity): ReadResult {
    if (from < this.#start || from > this.end) {
      throw new Fault('OFFSET_OUT_OF_RANGE', `offset ${from} is outside of [${this.#start}, ${this.end}]`, {
        retryable: false,
      });
    }
    const end = isolation === 'committed' ? this.lastStable : this.end;
    const records: StoredRecord[] = [];
    let at = from;
    for (
      let bytes = 0, batches = 0;
      at < end && (batches === 0 || (bytes < maxBytes && batches < maxBatches));
      batches++
    ) {
      const batchEnd = this.#slots[at]?.batchEnd ?? end;
      for (; at < batchEnd; at++) {
        const slot = this.#slots[at];
        if (!slot?.record || (isolation === 'committed' && slot.transaction?.state === 'aborted')) continue;
        records.push(slot.record);
        bytes += slot.bytes;
      }
    }
    return { records, nextOffset: at };
  }

  trim(before: number): void {
    if (before > this.end) {
      throw new Fault('OFFSET_OUT_OF_RANGE', `cannot trim to ${before}, the end is ${this.end}`, { retryable: false });
    }
    this.#start = Math.max(this.#start, before);
  }

  /** What no log should do: forgets acknowledged records. Nobody who waits hears of it before {@link reconnect}. */
  truncate(end: number): void {
    this.#slots.length = Math.min(this.#slots.length, end);
    this.#start = Math.min(this.#start, this.end);
  }

  /** Whoever waits for news asks again. */
  reconnect(): void {
    this.#wake();
  }

  /** Every record that was ever kept and not truncated, trimmed or not. */
  everything(): readonly StoredRecord[] {
    return this.#slots.flatMap((slot) => (slot.record && slot.transaction?.state !== 'aborted' ? [slot.record] : []));
  }

  /** Calls once at the next change of the end or of what is committed. */
  onChange(call: () => void): () => void {
    this.#waiting.add(call);
    return () => this.#waiting.delete(call);
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const call of waiting) call();
  }
}

export function sizeOf(record: LogRecord): number {
  let size = (record.key?.length ?? 0) + (record.value?.length ?? 0);
  for (const [name, value] of Object.entries(record.headers ?? {})) size += name.length + value.length;
  return size;
}

/** The bytes as they are when they are sent: whoever changes or reuses a buffer afterwards changes nothing here. */
export function copyOf(record: LogRecord): LogRecord {
  const copy = { key: record.key?.slice() ?? null, value: record.value?.slice() ?? null };
  if (!record.headers) return copy;
  return { ...copy, headers: Object.fromEntries(Object.entries(record.headers).map(([k, v]) => [k, v.slice()])) };
}
