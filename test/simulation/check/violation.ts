/** The protocol was broken: what a checker throws. */
export class Violation extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Violation';
  }
}

export function must(condition: unknown, what: () => string): asserts condition {
  if (!condition) throw new Violation(what());
}
