import { JournalReader, journalStart } from '@partitura/journal';
import type { Log } from '@partitura/log';
import type { JournalEntry } from '@partitura/model';
import { journalCodec } from '@partitura/wire';

/** What the journal itself says, admitted by the one rule: all entries of all partitions, from the first to the present. */
export async function* admittedEntries(
  log: Log,
  topic: string,
  partitions: number,
): AsyncGenerator<{ readonly partition: number; readonly entry: JournalEntry }> {
  for (let partition = 0; partition < partitions; partition++) {
    const reader = new JournalReader(journalStart);
    const { end } = await log.offsets(topic, partition);
    for (let from = 0; from < end;) {
      const batch = await log.fetch(topic, partition, from, { maxWaitMs: 1_000 });
      for (const record of batch.records) {
        const decoded = journalCodec.decode(record.value!);
        const verdict = reader.read(decoded, record.offset, record.timestamp);
        if (verdict === 'halt') throw new Error(`partition ${partition} halts at ${record.offset}`);
        if (verdict === 'admit') yield { partition, entry: decoded as JournalEntry };
      }
      from = batch.nextOffset;
    }
  }
}
