import { Beyond, type Run } from '../run.ts';
import { toPropertyKey, type ObjectValue, type Value } from '../values.ts';
import { refuseName } from '../names.ts';

type Method = (run: Run, subject: ObjectValue, args: Value[]) => Value;

const own = (run: Run, subject: ObjectValue, key: Value): Value => {
  const name = refuseName(toPropertyKey(run, key));
  return Object.hasOwn(subject, name) ? subject[name] : null;
};

const names = (run: Run, subject: ObjectValue): string[] => {
  const all = Object.keys(subject);
  run.spend(all.length);
  return all;
};

/**
 * Of objects without a member of that name. What Java's maps have is there too: where Conductor runs scripts, objects
 * of the input are such maps.
 */
export const objectMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['hasOwnProperty', (run, subject, [key]) => Object.hasOwn(subject, refuseName(toPropertyKey(run, key)))],
  ['get', (run, subject, [key]) => own(run, subject, key)],
  ['containsKey', (run, subject, [key]) => Object.hasOwn(subject, toPropertyKey(run, key))],
  ['size', (run, subject) => names(run, subject).length],
  ['isEmpty', (run, subject) => names(run, subject).length === 0],
  [
    'toString',
    () => {
      throw new Beyond('the text of an object');
    },
  ],
]);
