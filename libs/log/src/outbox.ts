import type { AddressedRecord, Log } from './port.ts';

interface Waiting {
  readonly record: AddressedRecord;
  readonly bytes: number;
  readonly done: () => void;
  readonly failed: (why: unknown) => void;
}

export interface OutboxOptions {
  /** Largest send in bytes; default 1 MiB. */
  readonly batchBytes?: number;
  /** Sends in flight at once; default 1. More gives up the order between records of one partition. */
  readonly inFlight?: number;
}

/**
 * Groups unfenced records into sends without a timer: while one send is under way, everything new waits for the next,
 * so that batches grow with load and a lone record leaves at once.
 */
export class Outbox {
  readonly #log: Pick<Log, 'send'>;
  readonly #batchBytes: number;
  readonly #inFlight: number;
  #waiting: Waiting[] = [];
  #flying = 0;
  #scheduled = false;

  constructor(log: Pick<Log, 'send'>, options: OutboxOptions = {}) {
    this.#log = log;
    this.#batchBytes = options.batchBytes ?? 1024 * 1024;
    this.#inFlight = options.inFlight ?? 1;
  }

  /** Resolves when the record is durable; rejects with the fault of its send, after which it may or may not be there. */
  push(record: AddressedRecord): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ record, bytes: record.value?.length ?? 0, done, failed });
      if (this.#scheduled) return;
      this.#scheduled = true;
      // Not at once: what the same turn of the event loop pushes travels together.
      queueMicrotask(() => {
        this.#scheduled = false;
        this.#fly();
      });
    });
  }

  #fly(): void {
    while (this.#flying < this.#inFlight && this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      this.#flying++;
      this.#log
        .send(batch.map(({ record }) => record))
        .then(
          () => {
            for (const { done } of batch) done();
          },
          (why: unknown) => {
            for (const { failed } of batch) failed(why);
          },
        )
        .finally(() => {
          this.#flying--;
          this.#fly();
        });
    }
  }

  #nextBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { bytes: size } of this.#waiting) {
      if (count > 0 && bytes + size > this.#batchBytes) break;
      bytes += size;
      count++;
    }
    return this.#waiting.splice(0, count);
  }
}
