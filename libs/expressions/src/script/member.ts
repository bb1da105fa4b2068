import { listMethods } from './builtins/list-methods.ts';
import { numberMethods } from './builtins/number-methods.ts';
import { objectMethods } from './builtins/object-methods.ts';
import { textMethods } from './builtins/text-methods.ts';
import { refuseName } from './names.ts';
import { Beyond, type Run } from './run.ts';
import {
  Callable,
  ErrorValue,
  isList,
  isPlainObject,
  Namespace,
  toPropertyKey,
  typeError,
  type Value,
} from './values.ts';

/** Methods that change the list they belong to, or the object they are given. */
export const changingMethods: ReadonlySet<string> = new Set([
  'push',
  'pop',
  'shift',
  'unshift',
  'splice',
  'sort',
  'reverse',
  'fill',
  'assign',
]);

/** `object[key]`. */
export function readMember(run: Run, object: Value, key: Value): Value {
  if (isList(object)) {
    if (typeof key === 'number' && key >= 0 && Number.isInteger(key)) return object[key];
    return listMember(object, toPropertyKey(run, key));
  }
  if (typeof object === 'string') return textMember(object, toPropertyKey(run, key));
  if (object === null || object === undefined)
    throw typeError(`Cannot read property '${toPropertyKey(run, key)}' of ${String(object)}`);
  const name = toPropertyKey(run, key);
  if (isPlainObject(object)) {
    if (Object.hasOwn(object, name)) {
      return object[refuseName(name)];
    }
    if (name in Object.prototype) throw new Beyond(`the member ${name}`);
    return undefined;
  }
  return specialMember(object, name);
}

function listMember(list: Value[], name: string): Value {
  if (name === 'length') return list.length;
  if (isIndex(name)) return list[Number(name)];
  if (name in Array.prototype) throw new Beyond(`the member ${name}`);
  return undefined;
}

function textMember(subject: string, name: string): Value {
  if (name === 'length') return subject.length;
  if (isIndex(name)) return subject[Number(name)];
  if (name in String.prototype) throw new Beyond(`the member ${name}`);
  return undefined;
}

/** Canonical forms of indexes: no sign, no leading zero, no fraction. */
const isIndex = (name: string): boolean => /^(0|[1-9]\d{0,8})$/.test(name);

function specialMember(object: Value, name: string): Value {
  if (object instanceof Namespace || object instanceof Callable) {
    if (object.members.has(name)) return object.members.get(name);
    throw new Beyond(`the member ${name} of ${object.text}`);
  }
  if (object instanceof ErrorValue) {
    if (name === 'message') return object.message;
    if (name === 'name') return object.name;
    throw new Beyond(`the member ${name} of an error`);
  }
  // Numbers and booleans have methods only.
  if (typeof object === 'number' ? name in Number.prototype : name in Boolean.prototype)
    throw new Beyond(`the member ${name}`);
  return undefined;
}

/** `object.name(…args)`. */
export function callMember(object: Value, name: string, args: Value[], run: Run, source: string): Value {
  if (isList(object)) {
    const method = listMethods.get(name);
    if (method !== undefined) return method(run, object, args);
    if (name in Array.prototype) throw new Beyond(`the method ${name} of lists`);
  } else if (typeof object === 'string') {
    const method = textMethods.get(name);
    if (method !== undefined) return method(run, object, args);
    if (name in String.prototype) throw new Beyond(`the method ${name} of texts`);
  } else if (typeof object === 'number') {
    const method = numberMethods.get(name);
    if (method !== undefined) return method(run, object, args);
    if (name in Number.prototype) throw new Beyond(`the method ${name} of numbers`);
  } else if (object === null || object === undefined) {
    throw typeError(`Cannot read property '${name}' of ${String(object)}`);
  } else if (isPlainObject(object) && !Object.hasOwn(object, name)) {
    const method = objectMethods.get(name);
    if (method !== undefined) return method(run, object, args);
    if (name in Object.prototype) throw new Beyond(`the method ${name} of objects`);
  } else if (object instanceof ErrorValue && name === 'toString') {
    return object.text;
  }
  const member = readMember(run, object, name);
  if (member instanceof Callable) return member.call(run, args);
  throw typeError(`${source} is not a function`);
}
