import { Beyond, type Run } from '../run.ts';
import { isList, isObject, rangeError, toNumber, toPrimitive, toText, type Primitive, type Value } from '../values.ts';

type Method = (run: Run, subject: string, args: Value[]) => Value;

type Hosted = (this: string, ...args: readonly Primitive[]) => Value;

/** Methods of the host whose result is not longer than the text they are given. */
function hosted(...names: readonly (keyof string & string)[]): [string, Method][] {
  return names.map((name) => [
    name,
    (run, subject, args) => {
      run.produce(subject.length);
      const given = args.map((arg) => {
        if (isObject(arg) && !isList(arg)) throw new Beyond('a function or object as argument of a text method');
        return toPrimitive(run, arg);
      });
      return Reflect.apply(Reflect.get(String.prototype, name) as Hosted, subject, given);
    },
  ]);
}

const pad =
  (side: 'padStart' | 'padEnd'): Method =>
  (run, subject, [length, filler]) => {
    const size = toNumber(run, length);
    const by = filler === undefined ? ' ' : toText(run, filler);
    if (size > subject.length && by !== '') run.produce(size);
    return subject[side](size, by);
  };

function occurrences(subject: string, searched: string): number {
  if (searched === '') return subject.length + 1;
  let count = 0;
  for (let at = subject.indexOf(searched); at >= 0; at = subject.indexOf(searched, at + searched.length)) count++;
  return count;
}

const replacement =
  (all: boolean): Method =>
  (run, subject, [searched, by]) => {
    if (isObject(searched) || isObject(by)) throw new Beyond('replacing by a function');
    const [from, to] = [toText(run, searched), toText(run, by)];
    run.produce(subject.length);
    // A `$&` in the replacement stands for what was found, or for everything before or after it.
    const perMatch = to.length + (to.includes('$') ? (to.split('$').length - 1) * subject.length : 0);
    run.produce(subject.length + perMatch * (all ? occurrences(subject, from) : 1));
    return all ? subject.replaceAll(from, to) : subject.replace(from, to);
  };

export const textMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ...hosted(
    'at',
    'charAt',
    'charCodeAt',
    'codePointAt',
    'endsWith',
    'includes',
    'indexOf',
    'lastIndexOf',
    'slice',
    'startsWith',
    'substr',
    'substring',
    'toLowerCase',
    'toString',
    'toUpperCase',
    'trim',
    'trimEnd',
    'trimStart',
    'valueOf',
  ),
  [
    'concat',
    (run, subject, args) => {
      let text = subject;
      for (const arg of args) {
        text += toText(run, arg);
        run.produce(text.length);
      }
      return text;
    },
  ],
  ['padStart', pad('padStart')],
  ['padEnd', pad('padEnd')],
  [
    'repeat',
    (run, subject, [count]) => {
      const times = Math.trunc(toNumber(run, count)) || 0;
      if (times < 0 || times === Infinity) throw rangeError('Invalid count value: ' + String(times));
      run.produce(subject.length * times);
      return subject.repeat(times);
    },
  ],
  ['replace', replacement(false)],
  ['replaceAll', replacement(true)],
  [
    'split',
    (run, subject, [separator, limit]) => {
      if (isObject(separator)) throw new Beyond('splitting by no text');
      run.produce(subject.length);
      const most = limit === undefined ? undefined : toNumber(run, limit) >>> 0;
      if (separator === undefined) return most === 0 ? [] : [subject];
      const by = toText(run, separator);
      run.spend(Math.min(occurrences(subject, by), most ?? Infinity));
      return subject.split(by, most);
    },
  ],
]);
