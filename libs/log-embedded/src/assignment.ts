/** Somebody who can hold items. */
export interface Candidate {
  readonly name: string;
  accepts(item: string): boolean;
}

/**
 * Shares items among members: evenly, and with as few moves as that allows. Pure: the same input gives the same answer.
 * `holders` says who has what now; items that nobody accepts are absent from the answer.
 */
export function assign(
  items: readonly string[],
  members: readonly Candidate[],
  holders: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const byName = [...members].sort((a, b) => (a.name < b.name ? -1 : 1));
  const held = new Map(byName.map(({ name }) => [name, new Set<string>()]));
  const loadOf = (member: Candidate): number => held.get(member.name)?.size ?? 0;
  const lightest = (item: string): Candidate | undefined =>
    byName
      .filter((member) => member.accepts(item))
      .reduce<Candidate | undefined>((best, member) => {
        return best === undefined || loadOf(member) < loadOf(best) ? member : best;
      }, undefined);

  const given = new Map<string, string>();
  const free: string[] = [];
  for (const item of items) {
    const holder = byName.find((member) => member.name === holders.get(item));
    if (holder?.accepts(item) === true) {
      held.get(holder.name)?.add(item);
      given.set(item, holder.name);
    } else free.push(item);
  }
  for (const item of free) {
    const member = lightest(item);
    if (member === undefined) continue;
    held.get(member.name)?.add(item);
    given.set(item, member.name);
  }
  for (let moved = true; moved;) {
    moved = false;
    for (const item of items) {
      const from = given.get(item);
      const to = lightest(item);
      const fromHeld = from === undefined ? undefined : held.get(from);
      if (to === undefined || fromHeld === undefined || fromHeld.size <= loadOf(to) + 1) continue;
      fromHeld.delete(item);
      held.get(to.name)?.add(item);
      given.set(item, to.name);
      moved = true;
    }
  }
  return given;
}
