import { renderLimits } from '../budget.ts';
import { Cursor } from './cursor.ts';
import { parseFilter } from './filter.ts';
import { pathFunctions, type PathFunction } from './functions.ts';
import { InvalidPath, type Path, type Segment } from './path.ts';

/**
 * Reads a path in the JSONPath dialect of Conductor. The leading `$.` may be missing, trailing blanks do not count.
 * Throws {@link InvalidPath}.
 */
export function parsePath(text: string): Path {
  if (text.length > renderLimits.pathCharacters) {
    throw new InvalidPath(`a path may have at most ${renderLimits.pathCharacters} characters`);
  }
  const trimmed = text.trimEnd();
  const cursor = new Cursor(trimmed.startsWith('$') ? trimmed : `$.${trimmed}`);
  cursor.expect('$');
  const path = parseSegments(cursor, { inFilter: false, nesting: 0 });
  if (!cursor.done) throw cursor.error('a dot or bracket expected');
  return path;
}

export interface Surroundings {
  /** Names end at operators and blanks. */
  readonly inFilter: boolean;
  readonly nesting: number;
}

const endsName = /[.[(\s]/;
const endsNameInFilter = /[.[(\s)\],=!<>&|~]/;

/** Everything behind `$` or `@`. */
export function parseSegments(cursor: Cursor, around: Surroundings): Path {
  const segments: Segment[] = [];
  let apply: PathFunction | undefined;
  while (!cursor.done && apply === undefined) {
    if (cursor.take('..')) {
      segments.push({ kind: 'descent' });
      if (cursor.peek() !== '[') apply = parseName(cursor, segments, around);
      else segments.push(parseBracket(cursor, around));
    } else if (cursor.take('.')) {
      if (cursor.peek() !== '[') apply = parseName(cursor, segments, around);
      else segments.push(parseBracket(cursor, around));
    } else if (cursor.peek() === '[') {
      segments.push(parseBracket(cursor, around));
    } else {
      break;
    }
  }
  return finished(segments, apply);
}

function finished(parsed: Segment[], apply: PathFunction | undefined): Path {
  const last = parsed.length - 1;
  const segments = parsed.map((segment, position): Segment =>
    segment.kind === 'pick' && position < last ? { ...segment, kind: 'members' } : segment,
  );
  const definite = segments.every(({ kind }) => kind === 'member' || kind === 'index' || kind === 'pick');
  return { segments, definite, ...(apply && { apply }) };
}

/** A name in dot form, `*`, or a function call, which ends the path. */
function parseName(cursor: Cursor, segments: Segment[], around: Surroundings): PathFunction | undefined {
  if (cursor.take('*')) {
    segments.push({ kind: 'wildcard' });
    return undefined;
  }
  const ends = around.inFilter ? endsNameInFilter : endsName;
  const name = cursor.takeWhile((character) => !ends.test(character));
  if (name === '') throw cursor.error('a name expected');
  if (cursor.peek() !== '(') {
    segments.push({ kind: 'member', name });
    return undefined;
  }
  cursor.expect('(');
  cursor.skipBlanks();
  if (!cursor.take(')')) throw new InvalidPath(`${name}() takes no arguments here`, { unsupported: true });
  const apply = pathFunctions.get(name);
  if (!apply) throw new InvalidPath(`there is no function ${name}()`, { unsupported: true });
  return apply;
}

function parseBracket(cursor: Cursor, around: Surroundings): Segment {
  cursor.expect('[');
  cursor.skipBlanks();
  const segment = bracketContent(cursor, around);
  cursor.skipBlanks();
  cursor.expect(']');
  return segment;
}

function bracketContent(cursor: Cursor, around: Surroundings): Segment {
  if (cursor.take('*')) return { kind: 'wildcard' };
  if (cursor.take('?')) {
    if (around.nesting >= renderLimits.nesting) throw new InvalidPath('filters are nested too deeply');
    cursor.skipBlanks();
    cursor.expect('(');
    const test = parseFilter(cursor, around.nesting + 1);
    cursor.expect(')');
    return { kind: 'filter', test };
  }
  if (cursor.peek() === "'" || cursor.peek() === '"') return quotedNames(cursor);
  return numbers(cursor);
}

function quotedNames(cursor: Cursor): Segment {
  const names: string[] = [];
  do {
    cursor.skipBlanks();
    if (cursor.peek() !== "'" && cursor.peek() !== '"') throw cursor.error('a quoted name expected');
    names.push(cursor.takeQuoted());
    cursor.skipBlanks();
  } while (cursor.take(','));
  const [name = ''] = names;
  return names.length === 1 ? { kind: 'member', name } : { kind: 'pick', names };
}

const slice = /^(-?\d+)?:(-?\d+)?$/;
const integers = /^-?\d+(\s*,\s*-?\d+)*$/;

function numbers(cursor: Cursor): Segment {
  const text = cursor.takeWhile((character) => character !== ']').trim();
  const bounds = slice.exec(text);
  if (bounds) return { kind: 'slice', from: integer(bounds[1]), to: integer(bounds[2]) };
  if (!integers.test(text)) throw cursor.error('an index, slice, filter or quoted name expected');
  const indexes = text.split(',').map(Number);
  const [index = 0] = indexes;
  return indexes.length === 1 ? { kind: 'index', index } : { kind: 'indexes', indexes };
}

function integer(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
