import type { JournalPorts } from './ports.ts';
import type { Phase } from './observer.ts';

/** What this process does with one partition number. */
export interface PartitionStatus {
  readonly partition: number;
  readonly phase: Phase;
  /** Why it is halted, in a sentence. */
  readonly reason?: string;
}

export interface PartitionHost {
  /** The numbers this process owns now. */
  partitions(): readonly PartitionStatus[];
  /** Stops consuming, lets batches and effects settle within the bound, and leaves the group. */
  close(): Promise<void>;
}

/** Joins the deciders' group and runs every partition that it is handed, until closed. */
export async function hostPartitions(_ports: JournalPorts): Promise<PartitionHost> {
  return Promise.reject(new Error('not yet'));
}
