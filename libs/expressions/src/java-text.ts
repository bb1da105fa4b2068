import type { Json } from '@partitura/model';
import { renderLimits, RenderLimitExceeded, type Budget } from './budget.ts';

/**
 * The text that stands for a value inside a longer string. Definitions rely on Conductor's, which is Java's
 * `toString`: `[1, two, null]`, `{k=1, o={x=2}}`, `1.0E10`.
 */
export function textOf(value: Json, budget?: Budget): string {
  if (typeof value === 'string') {
    budget?.write(value.length);
    return value;
  }
  const pieces: string[] = [];
  write(value, pieces, budget, 0);
  return pieces.join('');
}

function write(value: Json, pieces: string[], budget: Budget | undefined, depth: number): void {
  if (depth > renderLimits.depth) {
    throw new RenderLimitExceeded(`a value is nested deeper than ${renderLimits.depth} levels and cannot become text`);
  }
  if (typeof value !== 'object' || value === null) {
    put(scalarText(value), pieces, budget);
    return;
  }
  const isList = Array.isArray(value);
  let separator = '';
  put(isList ? '[' : '{', pieces, budget);
  for (const [key, member] of Object.entries<Json>(value)) {
    put(isList ? separator : `${separator}${key}=`, pieces, budget);
    write(member, pieces, budget, depth + 1);
    separator = ', ';
  }
  put(isList ? ']' : '}', pieces, budget);
}

function put(text: string, pieces: string[], budget: Budget | undefined): void {
  budget?.write(text.length);
  pieces.push(text);
}

function scalarText(value: null | boolean | number | string): string {
  return typeof value === 'number' ? numberText(value) : String(value);
}

function numberText(value: number): string {
  if (!Number.isInteger(value)) return doubleText(value);
  if (Object.is(value, -0)) return '-0.0';
  return Math.abs(value) < 1e21 ? String(value) : BigInt(value).toString();
}

/** Java's form of a double: `6.0`, `1.0E10`; with an exponent from 10^7 up and below 10^-3. */
export function doubleText(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    const text = String(value);
    return text.includes('.') ? text : `${text}.0`;
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`;
}
