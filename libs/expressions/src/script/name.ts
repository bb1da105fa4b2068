import type * as ast from 'acorn';
import { builtins, isStandardGlobal } from './builtins/globals.ts';
import { Beyond, type Run } from './run.ts';
import { frameAt, unset, type Scope } from './scope.ts';
import type { Eval } from './site.ts';
import { referenceError, typeError, typeName, type Value } from './values.ts';

/** Reads a variable. */
export function compileName(name: string, scope: Scope): Eval {
  if (name === 'undefined') return () => undefined;
  const variable = scope.find(name);
  if (variable === undefined) return (frame) => readGlobal(frame.run, name);
  const { hops, slot } = variable;
  return (frame) => {
    const value = frameAt(frame, hops).slots[slot];
    if (value === unset) throw referenceError(`Cannot access '${name}' before initialization`);
    return value;
  };
}

/** Writes a variable that was declared, or makes a global. */
export function compileStore(name: string, scope: Scope): (frame: Parameters<Eval>[0], value: Value) => void {
  const variable = scope.find(name);
  if (variable === undefined) {
    if (isStandardGlobal(name)) throw new Beyond(`assigning to ${name}`);
    return (frame, value) => {
      if (Object.hasOwn(frame.run.bindings, name)) throw new Beyond('assigning to a binding');
      frame.run.globals.set(name, value);
    };
  }
  const { hops, slot, constant } = variable;
  return (frame, value) => {
    const { slots } = frameAt(frame, hops);
    if (slots[slot] === unset) throw referenceError(`Cannot access '${name}' before initialization`);
    if (constant) throw typeError(`Assignment to constant variable "${name}"`);
    slots[slot] = value;
  };
}

/** `typeof` asks for names that may not exist. */
export function compileTypeOf(operand: ast.Node, scope: Scope, compile: (node: ast.Node) => Eval): Eval {
  if (operand.type === 'Identifier') {
    const { name } = operand as ast.Identifier;
    if (scope.find(name) === undefined)
      return (frame) => (isDefined(frame.run, name) ? typeName(readGlobal(frame.run, name)) : 'undefined');
  }
  const value = compile(operand);
  return (frame) => typeName(value(frame));
}

function readGlobal(run: Run, name: string): Value {
  if (run.globals.has(name)) return run.globals.get(name);
  // Bindings are JSON; a program that changes anything has its own copy of them.
  if (Object.hasOwn(run.bindings, name)) return run.bindings[name] as Value;
  if (builtins.has(name)) return builtins.get(name);
  if (isStandardGlobal(name)) throw new Beyond(`${name} is left to the full engine`);
  throw referenceError(`${name} is not defined`);
}

function isDefined(run: Run, name: string): boolean {
  return run.globals.has(name) || Object.hasOwn(run.bindings, name) || builtins.has(name) || isStandardGlobal(name);
}
