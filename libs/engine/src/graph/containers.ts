import type { Node } from './graph.ts';

/** What a task stands in: one of the lists inside another task. */
export interface Container {
  readonly list: 'case' | 'branch' | 'body';
  readonly of: Node;
}

/** By the number of a task, the list that it stands in; tasks of the top level stand in none. */
export type Containers = ReadonlyMap<number, Container>;

/** @param nodes All tasks of a definition, or of what a dynamic fork generated. */
export function containersOf(nodes: readonly Node[]): Containers {
  const byNumber = new Map(nodes.map((node) => [node.number, node]));
  const found = new Map<number, Container>();
  const note = (list: Container['list'], of: Node, head: number | undefined): void => {
    for (let number = head; number !== undefined; number = byNumber.get(number)?.next) found.set(number, { list, of });
  };
  for (const node of nodes) {
    const { cases, defaultCase, branches, body } = node.inside;
    for (const head of [...cases.values(), defaultCase]) note('case', node, head);
    for (const head of branches) note('branch', node, head);
    note('body', node, body);
  }
  return found;
}

/** Numbers of the tasks inside a task, at any depth. */
export function innerNumbers(outer: number, containers: Containers): readonly number[] {
  const inner: number[] = [];
  const within = new Set([outer]);
  // Numbers are given from outside to inside; those of generated tasks count downwards.
  for (const number of [...containers.keys()].sort((a, b) => Math.abs(a) - Math.abs(b))) {
    const around = containers.get(number)?.of.number;
    if (around === undefined || !within.has(around)) continue;
    within.add(number);
    inner.push(number);
  }
  return inner;
}
