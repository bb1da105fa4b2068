export { admit, beginning, type Admission, type Verdict } from './admission.ts';
export { continues, JournalReader, journalStart, type JournalPosition } from './journal-reader.ts';
