import { isJsonObject, type Json } from '@partitura/model';
import { renderLimits, RenderLimitExceeded, type Budget } from '../budget.ts';

/** Undefined stands for a path that leads nowhere: equal to nothing, not even to itself. */
export type Operator = (left: Json | undefined, right: Json | undefined, budget: Budget) => boolean;

/** Equality of Jayway: a number equals the text that reads as it; lists and objects by content. */
export const isSame: Operator = (left, right, budget) => same(left, right, budget, 0);

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function same(left: Json | undefined, right: Json | undefined, budget: Budget, depth: number): boolean {
  budget.step();
  if (depth > renderLimits.depth) throw new RenderLimitExceeded('a filter compares values that are nested too deeply');
  if (left === undefined || right === undefined) return false;
  if (left === right) return true;
  if (typeof left === 'number' && typeof right === 'string') return decimal.test(right) && left === Number(right);
  if (typeof left === 'string' && typeof right === 'number') return left === String(right);
  if (Array.isArray(left) && Array.isArray(right)) {
    const others = right as readonly Json[];
    return left.length === others.length && left.every((one: Json, i) => same(one, others[i], budget, depth + 1));
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && same(left[key], right[key], budget, depth + 1))
  );
}

/** Order exists only between two numbers or two texts. */
export function compare(left: Json | undefined, right: Json | undefined, test: (order: number) => boolean): boolean {
  if (typeof left === 'number' && typeof right === 'number') return test(left - right);
  if (typeof left === 'string' && typeof right === 'string') return test(left < right ? -1 : left > right ? 1 : 0);
  return false;
}

export function hasMember(list: Json | undefined, wanted: Json, budget: Budget): boolean {
  return Array.isArray(list) && list.some((one: Json) => isSame(one, wanted, budget));
}
