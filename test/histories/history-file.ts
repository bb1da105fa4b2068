import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Pieces of journals as they were written once, and the states that they folded to then. */
export interface HistoryFile {
  readonly journals: readonly RecordedJournal[];
}

/** A partition of its own. */
export interface RecordedJournal {
  /** Where its records come from. */
  readonly note: string;
  /** Journal records in the order of their index: Avro in Confluent's frame, as base64. */
  readonly records: readonly string[];
  readonly states: readonly RecordedState[];
}

export interface RecordedState {
  readonly aggregate: string;
  /** What the state was in short, for whoever has to find out what changed. */
  readonly short: string;
  /** SHA-256 of the state's view, as hex digits. */
  readonly hash: string;
}

const folderIn = (root: URL): URL => new URL('schemas/golden/histories/', root);

/** @param root The repository's root, which is elsewhere for what runs from a build. */
export function historyNames(root: URL): readonly string[] {
  const folder = folderIn(root);
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort()
    : [];
}

export const readHistory = (root: URL, name: string): HistoryFile =>
  JSON.parse(readFileSync(new URL(name, folderIn(root)), 'utf8')) as HistoryFile;

/** Only ever adds: what is there lies in somebody's log. */
export function addHistory(root: URL, name: string, file: HistoryFile): void {
  mkdirSync(folderIn(root), { recursive: true });
  writeFileSync(new URL(name, folderIn(root)), `${JSON.stringify(file, undefined, 1)}\n`, { flag: 'wx' });
}
