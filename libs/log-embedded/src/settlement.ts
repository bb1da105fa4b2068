/**
 * Settling: what one file of the commit log holds goes to the settled files of its partitions, the manifest says so,
 * and the file is removed. So the hot path writes everything once and with one fsync, reads of old records find one
 * partition in one file, and trimming removes files. Records that were trimmed meanwhile (most commands and tasks) are
 * never written a second time.
 *
 * A crash at any point repeats the settling: what was written behind the lengths in the manifest does not count.
 */
import type { CommitFile } from './commit-file.ts';
import { writeManifest, type Manifest } from './manifest.ts';
import { PartitionSettlement, type SettlementHost } from './partition-settlement.ts';
import type { Partition } from './partition.ts';

/** Settles a finished file of the commit log. `ends` is where the partitions it holds stood when it was finished. */
export async function settle(
  host: SettlementHost,
  file: CommitFile,
  ends: ReadonlyMap<Partition, number>,
): Promise<void> {
  const settlements = new Map<Partition, PartitionSettlement>();
  for (const topic of host.catalog.topics) {
    for (const partition of topic.partitions) {
      const settlement = new PartitionSettlement(host, partition, file.number);
      await settlement.write(ends.get(partition) ?? 0);
      settlement.expire();
      await settlement.compact();
      settlements.set(partition, settlement);
    }
  }

  await writeManifest(host.fs, host.directory, manifestOf(host, file.number, settlements));
  const obsolete = [...settlements.values()].flatMap((settlement) => settlement.adopt());
  await file.file.close();
  for (const path of [...obsolete, file.path]) await removeOrLeave(host, path);
}

function manifestOf(
  host: SettlementHost,
  settledFile: number,
  settlements: ReadonlyMap<Partition, PartitionSettlement>,
): Manifest {
  return {
    commitFile: settledFile + 1,
    topics: Array.from(host.catalog.topics, ({ id, name, config, partitions }) => ({
      id,
      name,
      config,
      // A topic that was created meanwhile has nothing to settle.
      partitions: partitions.map((partition) =>
        (settlements.get(partition) ?? new PartitionSettlement(host, partition, settledFile)).manifest(),
      ),
    })),
    groups: Array.from(host.catalog.groups, ([group, positions]) => [group, [...positions.values()]]),
  };
}

/** The manifest has forgotten the file, so what is left of it here is removed when the log is opened next. */
async function removeOrLeave(host: SettlementHost, path: string): Promise<void> {
  try {
    await host.fs.remove(path);
  } catch (error) {
    host.onTrouble(`${path} cannot be removed now`, error);
  }
}
