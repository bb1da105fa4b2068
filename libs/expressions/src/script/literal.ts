import type * as ast from 'acorn';
import { compileSpread, compileArguments } from './member-expression.ts';
import { refuseName } from './names.ts';
import { Beyond, type Run } from './run.ts';
import { unknownNode, type Eval } from './site.ts';
import { isList, isPlainObject, toPropertyKey, toText, type ObjectValue, type Value } from './values.ts';

export function compileTemplate(node: ast.TemplateLiteral, compile: (node: ast.Node) => Eval): Eval {
  const texts = node.quasis.map(({ value }) => value.cooked ?? '');
  const values = node.expressions.map(compile);
  return (frame) => {
    let text = texts[0] ?? '';
    for (let at = 0; at < values.length; at++) {
      const value = values[at]?.(frame);
      text += toText(frame.run, value) + (texts[at + 1] ?? '');
      frame.run.produce(text.length);
    }
    return text;
  };
}

export function compileArray(node: ast.ArrayExpression, compile: (node: ast.Node) => Eval): Eval {
  const elements = node.elements.map((element) => {
    if (element === null) throw new Beyond('lists with holes');
    return element;
  });
  if (elements.some(({ type }) => type === 'SpreadElement')) return compileSpread(elements, compile);
  return compileArguments(elements, compile);
}

type Put = (object: ObjectValue, frame: Parameters<Eval>[0]) => void;

export function compileObject(node: ast.ObjectExpression, compile: (node: ast.Node) => Eval): Eval {
  const puts = node.properties.map((property): Put => {
    if (property.type === 'SpreadElement') {
      const source = compile(property.argument);
      return (object, frame) => spread(frame.run, source(frame), object);
    }
    if (property.kind !== 'init') throw new Beyond('getters and setters');
    const value = compile(property.value);
    if (property.computed) {
      const key = compile(property.key);
      return (object, frame) => {
        const name = refuseName(toPropertyKey(frame.run, key(frame)));
        object[name] = value(frame);
      };
    }
    const name = refuseName(literalName(property.key));
    return (object, frame) => {
      object[name] = value(frame);
    };
  });
  return (frame) => {
    const object: ObjectValue = {};
    for (const put of puts) put(object, frame);
    return object;
  };
}

/** The name before the colon. */
export function literalName(key: ast.Node): string {
  if (key.type === 'Identifier') return (key as ast.Identifier).name;
  const { value } = key as ast.Literal;
  if (key.type === 'Literal' && (typeof value === 'string' || typeof value === 'number')) return String(value);
  throw unknownNode(key);
}

/** `{ ...source }`. */
export function spread(run: Run, source: Value, target: ObjectValue): void {
  if (typeof source !== 'object' || source === null) {
    if (typeof source === 'string') throw new Beyond('spreading a text');
    return;
  }
  if (!isPlainObject(source) && !isList(source)) throw new Beyond('spreading no data');
  for (const [name, value] of Object.entries(source)) {
    run.spend(1);
    target[refuseName(name)] = value;
  }
}
