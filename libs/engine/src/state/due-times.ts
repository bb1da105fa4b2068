/**
 * What is due when: a persistent search tree (treap) of (time, seq) pairs, ordered by time, then seq. Adding, removing
 * and finding the earliest take O(log n), and a version that somebody still holds never changes.
 *
 * The shape depends on the contents alone (the heap priority is a mix of the key), so a state that was folded and one
 * that was decoded from a snapshot are alike.
 */
export interface DueTimes {
  readonly time: number;
  readonly seq: number;
  readonly rank: number;
  readonly left: DueTimes | undefined;
  readonly right: DueTimes | undefined;
}

/** Nothing is due. */
export const noDueTimes: DueTimes | undefined = undefined;

export function addDue(tree: DueTimes | undefined, time: number, seq: number): DueTimes {
  const rank = rankOf(time, seq);
  if (tree === undefined) return { time, seq, rank, left: undefined, right: undefined };
  const order = compare(time, seq, tree);
  if (order === 0) return tree;
  if (outranks(rank, time, seq, tree)) {
    const [left, right] = split(tree, time, seq);
    return { time, seq, rank, left, right };
  }
  return order < 0 ? withLeft(tree, addDue(tree.left, time, seq)) : withRight(tree, addDue(tree.right, time, seq));
}

export function removeDue(tree: DueTimes | undefined, time: number, seq: number): DueTimes | undefined {
  if (tree === undefined) return undefined;
  const order = compare(time, seq, tree);
  if (order === 0) return merge(tree.left, tree.right);
  if (order < 0) {
    const left = removeDue(tree.left, time, seq);
    return left === tree.left ? tree : withLeft(tree, left);
  }
  const right = removeDue(tree.right, time, seq);
  return right === tree.right ? tree : withRight(tree, right);
}

/** The earliest pair. */
export function earliestDue(tree: DueTimes | undefined): DueTimes | undefined {
  let node = tree;
  while (node?.left !== undefined) node = node.left;
  return node;
}

function withLeft(node: DueTimes, left: DueTimes | undefined): DueTimes {
  return { time: node.time, seq: node.seq, rank: node.rank, left, right: node.right };
}

function withRight(node: DueTimes, right: DueTimes | undefined): DueTimes {
  return { time: node.time, seq: node.seq, rank: node.rank, left: node.left, right };
}

function compare(time: number, seq: number, node: DueTimes): number {
  return time === node.time ? seq - node.seq : time - node.time;
}

function outranks(rank: number, time: number, seq: number, node: DueTimes): boolean {
  return rank === node.rank ? compare(time, seq, node) < 0 : rank > node.rank;
}

/** Two trees: what comes before the key, and what comes after it. The key itself is in neither. */
function split(
  tree: DueTimes | undefined,
  time: number,
  seq: number,
): readonly [DueTimes | undefined, DueTimes | undefined] {
  if (tree === undefined) return [undefined, undefined];
  if (compare(time, seq, tree) < 0) {
    const [before, after] = split(tree.left, time, seq);
    return [before, withLeft(tree, after)];
  }
  const [before, after] = split(tree.right, time, seq);
  return [withRight(tree, before), after];
}

/** All of `left` comes before all of `right`. */
function merge(left: DueTimes | undefined, right: DueTimes | undefined): DueTimes | undefined {
  if (left === undefined) return right;
  if (right === undefined) return left;
  return outranks(left.rank, left.time, left.seq, right)
    ? withRight(left, merge(left.right, right))
    : withLeft(right, merge(left, right.left));
}

/** Any well mixed function of the key keeps the tree about 2 log n deep. */
function rankOf(time: number, seq: number): number {
  let h = Math.imul(seq ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul((time % 0x100000000) | 0, 0xcc9e2d51);
  h ^= Math.imul(Math.floor(time / 0x100000000), 0x1b873593);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}
