import type { Json } from '@partitura/model';
import { refuseName } from '../names.ts';
import { Beyond, Thrown, type Run } from '../run.ts';
import { Callable, ErrorValue, isList, Namespace, Special, toText, type ObjectValue, type Value } from '../values.ts';

/** JSON text of a value, as `JSON.stringify` sees it; undefined: it has none. */
function stringify(run: Run, [value, replacer, indent]: Value[]): Value {
  if (replacer !== undefined && replacer !== null) throw new Beyond('JSON.stringify with a replacer');
  if (indent !== undefined && typeof indent !== 'number' && typeof indent !== 'string')
    throw new Beyond('an odd indent');
  const data = dataOf(run, value);
  if (data === undefined) return undefined;
  const space = typeof indent === 'number' ? Math.min(10, Math.max(0, Math.trunc(indent) || 0)) : indent;
  const text = JSON.stringify(data, undefined, space);
  run.produce(text.length);
  return text;
}

/** A copy without functions; undefined for what has no JSON. */
export function dataOf(run: Run, value: Value): Json | undefined {
  if (typeof value === 'string') {
    run.produce(value.length);
    return value;
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Callable) return undefined;
  if (value instanceof Special) {
    if (value instanceof ErrorValue) return {};
    throw new Beyond('JSON of a namespace');
  }
  run.enter(1);
  const copy = isList(value) ? listOf(run, value) : objectOf(run, value);
  run.leave(1);
  return copy;
}

function listOf(run: Run, list: Value[]): Json {
  run.spend(list.length);
  return list.map((element) => dataOf(run, element) ?? null);
}

function objectOf(run: Run, object: ObjectValue): Json {
  if (object['toJSON'] instanceof Callable) throw new Beyond('an own toJSON');
  const copy: Record<string, Json> = {};
  for (const [name, member] of Object.entries(object)) {
    run.spend(1);
    run.produce(name.length);
    const data = dataOf(run, member);
    if (data !== undefined) copy[refuseName(name)] = data;
  }
  return copy;
}

function parse(run: Run, [text, reviver]: Value[]): Value {
  if (reviver !== undefined) throw new Beyond('JSON.parse with a reviver');
  const json = toText(run, text);
  run.spend(json.length >>> 2);
  try {
    return JSON.parse(json) as Value;
  } catch (error) {
    if (error instanceof SyntaxError) throw new Thrown(new ErrorValue('SyntaxError', error.message));
    throw error;
  }
}

export const jsonNamespace = new Namespace(
  'JSON',
  new Map([
    ['stringify', new Callable('JSON.stringify', stringify)],
    ['parse', new Callable('JSON.parse', parse)],
  ]),
);
