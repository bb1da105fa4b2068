import type { Json } from '@partitura/model';
import { split } from '../arithmetic.ts';
import { BeyondJq, type JqRun } from '../run.ts';
import { fail, hasHalfCharacter, isList, shown, toJson } from '../values.ts';
import { plain, withValues, type Natives } from './native.ts';
import type { Native } from '../builtins.ts';

const ofText = (what: string, map: (text: string) => Json): Native =>
  plain((run, input) => {
    if (typeof input !== 'string') throw fail(`${shown(input)} ${what}`);
    run.produce(input.length);
    return map(input);
  });

const affix =
  (test: (text: string, part: string) => boolean, what: string): Native =>
  (...args) =>
    withValues((_run, input, part = null) => {
      if (typeof input !== 'string' || typeof part !== 'string') throw fail(`${what}() requires string inputs`);
      return test(input, part);
    })(...args);

const trimmed =
  (cut: (text: string, part: string) => string): Native =>
  (...args) =>
    withValues((run, input, part = null) => {
      if (typeof input !== 'string' || typeof part !== 'string') return input;
      run.produce(input.length);
      return cut(input, part);
    })(...args);

function explode(run: JqRun, text: string): Json {
  run.spend(text.length);
  if (hasHalfCharacter(text)) throw new BeyondJq('half a character');
  return Array.from(text, (char) => char.codePointAt(0) ?? 0);
}

function implode(run: JqRun, input: Json): Json {
  if (!isList(input)) throw fail('implode input must be an array');
  run.spend(input.length);
  return input
    .map((point) => {
      if (typeof point !== 'number')
        throw fail(`${shown(point)} can't be imploded, unicode codepoint needs to be numeric`);
      if (!Number.isInteger(point) || point < 0 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        throw new BeyondJq('a number that is no character');
      return String.fromCodePoint(point);
    })
    .join('');
}

function fromJson(run: JqRun, text: string): Json {
  run.spend(text.length >>> 2);
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new BeyondJq('text that is no JSON, or several of them');
  }
}

const lower = (text: string): string => text.replace(/[A-Z]/g, (char) => char.toLowerCase());
const upper = (text: string): string => text.replace(/[a-z]/g, (char) => char.toUpperCase());

/** In jq these take texts apart and put them together again, and fail so. */
const textual = (change: (text: string) => string): Native =>
  plain((run, input) => {
    if (typeof input !== 'string') throw fail('explode input must be a string');
    run.produce(input.length);
    return change(input);
  });

export const texts: Natives = [
  ['startswith/1', affix((text, part) => text.startsWith(part), 'startswith')],
  ['endswith/1', affix((text, part) => text.endsWith(part), 'endswith')],
  ['ltrimstr/1', trimmed((text, part) => (text.startsWith(part) ? text.slice(part.length) : text))],
  [
    'rtrimstr/1',
    trimmed((text, part) => (part !== '' && text.endsWith(part) ? text.slice(0, text.length - part.length) : text)),
  ],
  ['ascii_downcase/0', textual(lower)],
  ['ascii_upcase/0', textual(upper)],
  ['utf8bytelength/0', ofText('only strings have UTF-8 byte length', (text) => new TextEncoder().encode(text).length)],
  [
    'explode/0',
    plain((run, input) => {
      if (typeof input !== 'string') throw fail('explode input must be a string');
      return explode(run, input);
    }),
  ],
  ['implode/0', plain(implode)],
  [
    'split/1',
    withValues((run, input, separator = null) => {
      if (typeof input !== 'string' || typeof separator !== 'string')
        throw fail('split input and separator must be strings');
      return split(run, input, separator);
    }),
  ],
  ['tojson/0', plain(toJson)],
  [
    'fromjson/0',
    plain((run, input) => {
      if (typeof input !== 'string') throw fail(`${shown(input)} only strings can be parsed`);
      return fromJson(run, input);
    }),
  ],
];
