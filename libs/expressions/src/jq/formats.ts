import type { Json } from '@partitura/model';
import { BeyondJq, type JqRun } from './run.ts';
import { fail, hasHalfCharacter, isList, shown, textOf, toJson } from './values.ts';

type Format = (run: JqRun, value: Json) => string;

const inText =
  (write: (text: string) => string): Format =>
  (run, value) => {
    const text = textOf(run, value);
    run.produce(text.length);
    return write(text);
  };

const markup: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  "'": '&#39;',
  '"': '&quot;',
};

const tabs: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };

const row =
  (name: string, separator: string, quote: (text: string) => string): Format =>
  (run, value) => {
    if (!isList(value)) throw fail(`${shown(value)} cannot be ${name}-formatted, only array`);
    return value
      .map((cell) => {
        run.spend(1);
        if (typeof cell === 'string') return quote(cell);
        if (cell === null) return '';
        if (typeof cell === 'object') throw fail(`${shown(cell)} is not valid in a ${name} row`);
        return textOf(run, cell);
      })
      .join(separator);
  };

const shell: Format = (run, value) => {
  const words = isList(value) ? value : [value];
  return words
    .map((one) => {
      if (typeof one === 'object' && one !== null) throw fail(`${shown(one)} can not be escaped for shell`);
      return typeof one === 'string' ? `'${one.replaceAll("'", `'\\''`)}'` : textOf(run, one);
    })
    .join(' ');
};

const uri = (text: string): string => {
  if (hasHalfCharacter(text)) throw new BeyondJq('half a character');
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
};

const formats: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['text', textOf],
  ['json', toJson],
  ['html', inText((text) => text.replace(/[<>&'"]/g, (char) => markup[char] ?? char))],
  ['uri', inText(uri)],
  ['csv', row('csv', ',', (text) => `"${text.replaceAll('"', '""')}"`)],
  ['tsv', row('tsv', '\t', (text) => text.replace(/[\t\n\r\\]/g, (char) => tabs[char] ?? char))],
  ['sh', shell],
  ['base64', inText(toBase64)],
]);

export function formatter(name: string): Format {
  const format = formats.get(name);
  if (format === undefined) throw new BeyondJq(`the format @${name}`);
  return format;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function toBase64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let encoded = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second, third] = bytes.subarray(at, at + 3);
    const bits = (first << 16) | ((second ?? 0) << 8) | (third ?? 0);
    const letter = (shift: number): string => alphabet.charAt((bits >> shift) & 63);
    encoded +=
      letter(18) + letter(12) + (second === undefined ? '=' : letter(6)) + (third === undefined ? '=' : letter(0));
  }
  return encoded;
}
