export { admit, beginning, type Admission, type Verdict } from './admission.ts';
export { continues, JournalReader, journalStart, type JournalPosition } from './journal-reader.ts';
export type { Alarm, AlarmCode, JournalObserver, Phase } from './observer.ts';
export type {
  DeadLetter,
  DefinitionsCopy,
  Domain,
  JournalCodec,
  JournalPorts,
  JournalTopics,
  RevivalRequest,
  State,
} from './ports.ts';
export { faithful, type Rules } from './rules.ts';
export { journalDefaults, type JournalSettings } from './settings.ts';
export { hostPartitions, type PartitionHost, type PartitionStatus } from './host.ts';
