import { Callable, ErrorValue, toText } from '../values.ts';

/** `Error`, with and without `new`. */
export const errorTypes: ReadonlyMap<string, Callable> = new Map(
  ['Error', 'TypeError', 'RangeError', 'SyntaxError', 'ReferenceError', 'EvalError', 'URIError'].map((name) => [
    name,
    new Callable(name, (run, [message]) => new ErrorValue(name, message === undefined ? '' : toText(run, message))),
  ]),
);
