import type { Log } from '@partitura/log';
import type { AdmissionState, JournalRecord } from '@partitura/model';
import { admit, beginning, type Admission, type Verdict } from './admission.ts';

/** What a reader stores with its position, in the same transaction. */
export interface JournalPosition {
  /** Next offset to read. */
  readonly offset: number;
  readonly admission: AdmissionState;
  /** Append time of the record before `offset`; 0 when nothing was read. */
  readonly lastAppendTime: number;
}

/** Where every fold of a whole journal begins. */
export const journalStart: JournalPosition = { offset: 0, admission: beginning(), lastAppendTime: 0 };

/** A position in one journal partition that moves on record by record under the admission rule. */
export class JournalReader {
  readonly #admission: Admission;
  readonly #admit: typeof admit;
  #offset: number;
  #lastAppendTime: number;
  #skipped = 0;

  constructor(from: JournalPosition = journalStart, rule: typeof admit = admit) {
    this.#admission = { ...from.admission };
    this.#offset = from.offset;
    this.#lastAppendTime = from.lastAppendTime;
    this.#admit = rule;
  }

  /** Folds the record at `offset`. After `halt` the reader must not be used again. */
  read(record: JournalRecord, offset: number, appendTime: number): Verdict {
    const verdict = this.#admit(this.#admission, record, offset);
    this.#offset = offset + 1;
    this.#lastAppendTime = appendTime;
    if (verdict === 'skip') this.#skipped += 1;
    return verdict;
  }

  /** Own entries stand at `from`..`to - 1`, as the continuity check proved; the last of them has index `next - 1`. */
  advance(to: number, next: number, appendTime: number): void {
    this.#offset = to;
    this.#admission.next = next;
    this.#lastAppendTime = appendTime;
  }

  /** Next offset to read. */
  get offset(): number {
    return this.#offset;
  }
  get epoch(): number {
    return this.#admission.epoch;
  }
  get token(): string {
    return this.#admission.token;
  }
  /** Index of the next entry that will be admitted. */
  get next(): number {
    return this.#admission.next;
  }
  get lastAppendTime(): number {
    return this.#lastAppendTime;
  }
  /** Records that counted for nothing so far; operators want to see them. */
  get skipped(): number {
    return this.#skipped;
  }
  get position(): JournalPosition {
    const { epoch, token, next } = this.#admission;
    return { offset: this.#offset, admission: { epoch, token, next }, lastAppendTime: this.#lastAppendTime };
  }
}

/**
 * Whether the log still holds the record that was read last, so that reading on continues the same history. A log that
 * was cut is shorter than our position, or has another record before it. Call whenever reading begins or goes on after
 * a pause. A record that was trimmed by policy counts as held.
 */
export async function continues(
  log: Log,
  topic: string,
  partition: number,
  position: Pick<JournalPosition, 'offset' | 'lastAppendTime'>,
): Promise<boolean> {
  if (position.offset === 0) return true;
  const { start, end } = await log.offsets(topic, partition);
  if (position.offset > end) return false;
  if (position.offset <= start) return position.offset === start;
  const batch = await log.fetch(topic, partition, position.offset - 1, { maxBytes: 1 });
  const before = batch.records[0];
  return before?.offset === position.offset - 1 && before.timestamp === position.lastAppendTime;
}
