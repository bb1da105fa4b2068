/** Starts a job for each item, `width` of them at a time in the order of the items; each has a result of its own. */
export function sideBySide<T, R>(
  items: readonly T[],
  width: number,
  job: (item: T) => Promise<R>,
): ReadonlyMap<T, Promise<R>> {
  const waiting: (() => void)[] = [];
  const results = new Map<T, Promise<R>>();
  for (const [i, item] of items.entries()) {
    const turn = i < width ? Promise.resolve() : new Promise<void>((resolve) => waiting.push(resolve));
    const result = turn.then(() => job(item)).finally(() => waiting.shift()?.());
    // Whoever asks for this result hears of its failure; until then it is nobody's unhandled rejection.
    result.catch(() => undefined);
    results.set(item, result);
  }
  return results;
}
