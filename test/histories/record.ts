// Writes a fresh history under schemas/golden/histories: told stories and a few random lives that together
// meet every kind of event.
// Run after a build: node test/dist/histories/record.js. What is there is never touched: it lies in somebody's log.
import type { Decided, DomainEvent } from '@partitura/model';
import { familyOf, lifeOf, live, liveInFamily } from '@partitura/tasks/testing';
import { journalCodec } from '@partitura/wire';
import { foldRecords } from './fold.ts';
import { addHistory, type RecordedJournal } from './history-file.ts';
import { stories, writtenBy, type Written } from './stories.ts';

const root = new URL('../../../', import.meta.url);
const lives = 2_000;
const families = 1_000;
const bytesMax = 50_000;

/** What may become a journal of the history. */
interface Piece {
  readonly note: string;
  readonly records: readonly Decided[];
  readonly bytes: number;
  readonly meets: ReadonlySet<string>;
}

function pieceOf(note: string, written: readonly Written[]): Piece {
  const records = written.map(decided);
  const bytes = records.reduce((sum, record) => sum + journalCodec.encode(record).length, 0);
  const aggregates = new Set(written.map(({ meta }) => meta.aggregate));
  const meets = [...aggregates].flatMap((id) =>
    meetingsOf(written.filter(({ meta }) => meta.aggregate === id).flatMap(({ events }) => events)),
  );
  return { note, records, bytes, meets: new Set(meets) };
}

function decided({ meta: { aggregate, index, version, at }, events }: Written): Decided {
  const outcome = { kind: 'accepted' } as const;
  return {
    kind: 'decision',
    epoch: 0,
    index,
    effectsDone: index - 1,
    at,
    aggregate,
    version,
    cause: { kind: 'owner' },
    outcome,
    events,
  };
}

/** Of each event its optional parts and its status, and which event it follows. */
function meetingsOf(events: readonly DomainEvent[]): readonly string[] {
  return events.flatMap((event, i) => [
    ...Object.keys(event).map((key) => `${event.type}.${key}`),
    ...('status' in event ? [`${event.type}=${event.status}`] : []),
    `${events[i - 1]?.type ?? 'nothing'} > ${event.type}`,
  ]);
}

/** Again and again the life that meets most that is new for its bytes. */
function choose(pieces: readonly Piece[], chosen: Piece[], which: (what: string) => boolean, bytesMax: number): void {
  const met = new Set(chosen.flatMap(({ meets }) => [...meets]));
  let bytes = chosen.reduce((sum, piece) => sum + piece.bytes, 0);
  const gain = (piece: Piece): number =>
    [...piece.meets].filter((what) => which(what) && !met.has(what)).length / piece.bytes;
  for (;;) {
    const best = pieces.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    bytes += best.bytes;
    if (gain(best) === 0 || bytes > bytesMax) return;
    chosen.push(best);
    for (const what of best.meets) met.add(what);
  }
}

function journalOf({ note, records }: Piece): RecordedJournal {
  const encoded = records.map((record) => Buffer.from(journalCodec.encode(record)));
  return {
    note,
    records: encoded.map((bytes) => bytes.toString('base64')),
    states: foldRecords(encoded),
  };
}

const isSequence = (what: string): boolean => what.includes(' > ');
const numbered = <T>(count: number, of: (seed: number) => T): T[] =>
  Array.from({ length: count }, (_, seed) => of(seed));
const pieces = [
  ...numbered(lives, (seed) => pieceOf(`life ${seed}`, writtenBy(live(lifeOf(seed))))),
  ...numbered(families, (seed) => pieceOf(`family ${seed}`, writtenBy(liveInFamily(familyOf(seed))))),
];
const chosen: Piece[] = Object.entries(stories).map(([note, tell]) => pieceOf(note, tell()));
choose(pieces, chosen, (what) => !isSequence(what), Infinity);
choose(pieces, chosen, isSequence, bytesMax);

const journals = chosen.map(journalOf);
const schemaId = Buffer.from(journals[0]?.records[0] ?? '', 'base64').readUInt32BE(1);
const name = `journal-record.${schemaId.toString(16)}.json`;
addHistory(root, name, { journals });
const records = journals.reduce((sum, journal) => sum + journal.records.length, 0);
console.log(
  `${name}: ${journals.length} journals, ${records} records, of ${chosen.map(({ note }) => note).join(', ')}`,
);
