import { isJsonObject, type Json, type JsonObject } from '@partitura/model';
import type { Budget } from '../budget.ts';
import { isHidden, opened } from '../scope.ts';
import type { Path, Segment } from './path.ts';

/** What a filter may look at besides the element itself. */
export interface Surround {
  readonly budget: Budget;
  /** The value of a path that begins with `$`. */
  readonly fromRoot: (path: Path) => Json | undefined;
}

/** The value of a path below `start`: a list when the path is indefinite, undefined when nothing is there. */
export function read(path: Path, start: unknown, surround: Surround): Json | undefined {
  let found: readonly unknown[] = start === undefined ? [] : [start];
  path.segments.forEach((segment, position) => {
    found =
      descended(path.segments[position - 1]) && segment.kind === 'filter'
        ? found.filter((value) => isJsonObject(value) && accepts(segment, value, surround))
        : found.flatMap((value) => step(segment, value, surround));
  });
  const value = (path.definite ? found[0] : found) as Json | undefined;
  return path.apply === undefined || value === undefined ? value : path.apply.call(value);
}

const descended = (segment: Segment | undefined): boolean => segment?.kind === 'descent';

function accepts(filter: Segment & { kind: 'filter' }, value: unknown, surround: Surround): boolean {
  surround.budget.step();
  return filter.test(value as Json, surround);
}

function step(segment: Segment, value: unknown, surround: Surround): readonly unknown[] {
  switch (segment.kind) {
    case 'member':
      return present([memberOf(value, segment.name)]);
    case 'index':
      return present([elementOf(value, segment.index)]);
    case 'members':
      return present(segment.names.map((name) => memberOf(value, name)));
    case 'pick':
      return isJsonObject(value) ? [picked(value, segment.names)] : [];
    case 'indexes':
      return present(segment.indexes.map((index) => elementOf(value, index)));
    case 'slice':
      return Array.isArray(value) ? counted(value.slice(segment.from, segment.to), surround) : [];
    case 'wildcard':
      return counted(childrenOf(value), surround);
    case 'descent':
      return descendantsOf(value, surround);
    case 'filter':
      // As in Jayway: of a list its elements are tested, an object is tested itself.
      if (isJsonObject(value)) return accepts(segment, value, surround) ? [value] : [];
      return Array.isArray(value) ? value.filter((element) => accepts(segment, element, surround)) : [];
  }
}

/** Own member of an object; undefined for everything else and for hidden names. */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  if (isHidden(name) || !Object.hasOwn(value, name)) return undefined;
  return opened((value as Readonly<Record<string, unknown>>)[name]);
}

/** Element of a list; a negative index counts from the end. */
export function elementOf(value: unknown, index: number): unknown {
  return Array.isArray(value) ? value.at(index) : undefined;
}

function picked(value: JsonObject, names: readonly string[]): JsonObject {
  const some: Record<string, Json> = {};
  for (const name of names) {
    const member = memberOf(value, name);
    if (member !== undefined) some[name] = member as Json;
  }
  return some;
}

function childrenOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isJsonObject(value)) return [];
  return Object.keys(value)
    .filter((key) => !isHidden(key))
    .map((key) => value[key]);
}

/** The value and everything below it, parents first; without recursion, since data may be deep. */
function descendantsOf(start: unknown, surround: Surround): readonly unknown[] {
  const found: unknown[] = [];
  const waiting = [start];
  while (waiting.length > 0) {
    const value = waiting.pop();
    surround.budget.step();
    found.push(value);
    const children = childrenOf(value);
    for (let i = children.length - 1; i >= 0; i--) waiting.push(children[i]);
  }
  return found;
}

function present(values: readonly unknown[]): readonly unknown[] {
  return values.filter((value) => value !== undefined);
}

function counted(values: readonly unknown[], surround: Surround): readonly unknown[] {
  for (let i = 0; i < values.length; i++) surround.budget.step();
  return values;
}
