// Writes a fresh history under schemas/golden/histories: a few random lives that together meet every kind of event.
// Run after a build: node test/dist/histories/record.js. What is there is never touched: it lies in somebody's log.
import type { Decided, WorkflowEvent } from '@partitura/model';
import { lifeOf, live } from '@partitura/tasks/testing';
import { journalCodec } from '@partitura/wire';
import { foldRecords } from './fold.ts';
import { addHistory, type RecordedJournal } from './history-file.ts';

const root = new URL('../../../', import.meta.url);
const lives = 2_000;
const bytesMax = 50_000;

interface Piece {
  readonly seed: number;
  readonly records: readonly Decided[];
  readonly bytes: number;
  readonly meets: ReadonlySet<string>;
}

function pieceOf(seed: number): Piece {
  const scenario = live(lifeOf(seed));
  const entries = scenario.runs.flatMap(({ history }) => history).sort((a, b) => a.meta.index - b.meta.index);
  const records = entries.map(({ meta, events }) => decided(meta.aggregate, meta, events));
  const bytes = records.reduce((sum, record) => sum + journalCodec.encode(record).length, 0);
  const meets = scenario.runs.flatMap(({ history }) => meetingsOf(history.flatMap(({ events }) => events)));
  return { seed, records, bytes, meets: new Set(meets) };
}

function decided(
  aggregate: Decided['aggregate'],
  { index, version, at }: Pick<Decided, 'index' | 'version' | 'at'>,
  events: readonly WorkflowEvent[],
): Decided {
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
function meetingsOf(events: readonly WorkflowEvent[]): readonly string[] {
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

function journalOf({ seed, records }: Piece): RecordedJournal {
  const encoded = records.map((record) => Buffer.from(journalCodec.encode(record)));
  return {
    note: `life ${seed}`,
    records: encoded.map((bytes) => bytes.toString('base64')),
    states: foldRecords(encoded),
  };
}

const isSequence = (what: string): boolean => what.includes(' > ');
const pieces = Array.from({ length: lives }, (_, seed) => pieceOf(seed));
const chosen: Piece[] = [];
choose(pieces, chosen, (what) => !isSequence(what), Infinity);
choose(pieces, chosen, isSequence, bytesMax);

const journals = chosen.map(journalOf);
const schemaId = Buffer.from(journals[0]?.records[0] ?? '', 'base64').readUInt32BE(1);
const name = `journal-record.${schemaId.toString(16)}.json`;
addHistory(root, name, { journals });
const records = journals.reduce((sum, journal) => sum + journal.records.length, 0);
console.log(
  `${name}: ${journals.length} journals, ${records} records, of life ${chosen.map(({ seed }) => seed).join(', ')}`,
);
