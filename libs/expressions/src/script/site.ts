import type * as ast from 'acorn';
import { Beyond } from './run.ts';
import type { Frame } from './scope.ts';
import type { Value } from './values.ts';

/** An expression, ready to run. */
export type Eval = (frame: Frame) => Value;

/** How far the nodes of one function, or of the program, may be nested. */
const nestingMax = 200;

/** What is found out about a function, or about the program, while it is compiled. */
export class Site {
  /** Whether the program can change an object or list; it then runs on a copy of its input. */
  readonly program: { changes: boolean };
  /** Nodes so far: what running through them once costs. */
  nodes = 0;
  deepest = 0;
  #depth = 0;

  constructor(program: { changes: boolean } = { changes: false }) {
    this.program = program;
  }

  /** Counts a node and everything that is compiled inside it. */
  within<T>(compile: () => T): T {
    this.nodes++;
    this.deepest = Math.max(this.deepest, ++this.#depth);
    if (this.#depth > nestingMax) throw new Beyond('deep nesting');
    const compiled = compile();
    this.#depth--;
    return compiled;
  }
}

export function unknownNode(node: ast.Node): Beyond {
  return new Beyond(`${node.type} is left to the full engine`);
}
