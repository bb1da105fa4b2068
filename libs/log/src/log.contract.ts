/**
 * The behaviour that every adapter of the log port shares, as tests. An adapter's spec calls
 *
 *     describeLog('embedded log', async () => ({ log, another, end }), { singleProcess: true });
 *
 * The tests know no clock: they wait for conditions, and where "nothing happens" must be shown they wait for something
 * that happens later on another partition.
 */
import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import { describeClosing } from './closing.contract.ts';
import { Bench, type LogTraits, type LogWorld } from './contract-world.ts';
import { describeFollow } from './follow.contract.ts';
import { describeOffsets } from './offsets.contract.ts';
import { describeOwn } from './own.contract.ts';
import { describeRecords } from './records.contract.ts';
import { describeTopics } from './topics.contract.ts';
import { describeWork } from './work.contract.ts';

export type { LogTraits, LogWorld } from './contract-world.ts';

/** Declares the suite. `openWorld` is called once for most tests and once more for each test that closes its log. */
export function describeLog(name: string, openWorld: () => Promise<LogWorld>, traits: LogTraits = {}): void {
  describe(name, () => {
    const bench = new Bench(openWorld, traits);
    beforeAll(() => bench.begin());
    afterEach(() => bench.closeKept());
    afterAll(() => bench.end());

    describeTopics(bench);
    describeRecords(bench);
    describeFollow(bench);
    describeOffsets(bench, traits);
    describeOwn(bench);
    describeWork(bench);
    describeClosing(bench);
  });
}
