export { admit, beginning, type Admission, type Verdict } from './admission.ts';
export { continues, JournalReader, journalStart, type JournalPosition } from './journal-reader.ts';
export { alarmAdvice, alarmCodes, type Alarm, type AlarmCode, type JournalObserver, type Phase } from './observer.ts';
export type {
  DeadLetter,
  DefinitionsView,
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
export { beginFold, foldFromCheckpoint, foldFromStart, type Fold, type FoldPorts, type Unsettled } from './restore.ts';
export { refold, type Refolded } from './refold.ts';
