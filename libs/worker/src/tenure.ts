import { DoneRanges, type CommittedPosition, type Log } from '@partitura/log';

/** What fits into the metadata of a commit with room to spare: brokers take 4,096 bytes. */
const metadataBytes = 3_500;

/** One partition of a queue, from the moment it is given to this member to the moment it is taken away. */
export class Tenure {
  readonly topic: string;
  readonly partition: number;
  /** Taken away: what is finished now is for the next holder to find out. */
  isOver = false;
  readonly #done: DoneRanges;
  /** Records before this were there when the partition was given to us: others may have worked on them. */
  readonly #doubtBelow: number;

  private constructor(at: { topic: string; partition: number }, done: DoneRanges, doubtBelow: number) {
    this.topic = at.topic;
    this.partition = at.partition;
    this.#done = done;
    this.#doubtBelow = doubtBelow;
  }

  /** `first`: the offset of the first record that we were handed. */
  static async begin(
    log: Log,
    group: string,
    at: { topic: string; partition: number },
    first: number,
  ): Promise<Tenure> {
    const [[position], { end }] = await Promise.all([log.committed(group, [at]), log.offsets(at.topic, at.partition)]);
    // Ranges above another offset than ours were left by somebody who stood elsewhere.
    const metadata = position?.offset === first ? position.metadata : undefined;
    return new Tenure(at, new DoneRanges(first, metadata), end);
  }

  isDoubtful(offset: number): boolean {
    return offset < this.#doubtBelow;
  }

  isDone(offset: number): boolean {
    return this.#done.has(offset);
  }

  /** Marks [from, to) as needing no work any more. */
  finish(from: number, to = from + 1): void {
    this.#done.add(from, to);
  }

  get position(): CommittedPosition {
    const { topic, partition } = this;
    return { topic, partition, offset: this.#done.committed, metadata: this.#done.metadata(metadataBytes) };
  }
}
