import { Beyond, type Run } from '../run.ts';
import { rangeError, toNumber, type Value } from '../values.ts';

type Method = (run: Run, subject: number, args: Value[]) => Value;

const digits = (run: Run, value: Value, from: number, to: number, method: string): number => {
  const number = Math.trunc(toNumber(run, value)) || 0;
  if (number < from || number > to) throw rangeError(`${method}() argument must be between ${from} and ${to}`);
  return number;
};

export const numberMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['toFixed', (run, subject, [places]) => subject.toFixed(digits(run, places, 0, 100, 'toFixed'))],
  [
    'toPrecision',
    (run, subject, [places]) => {
      if (places === undefined) return String(subject);
      if (!Number.isFinite(subject)) return String(subject);
      return subject.toPrecision(digits(run, places, 1, 100, 'toPrecision'));
    },
  ],
  [
    'toString',
    (run, subject, [radix]) => {
      if (radix === undefined || radix === 10) return String(subject);
      const base = digits(run, radix, 2, 36, 'toString');
      if (!Number.isInteger(subject)) throw new Beyond('fractions in other bases');
      return subject.toString(base);
    },
  ],
  ['valueOf', (_run, subject) => subject],
]);
