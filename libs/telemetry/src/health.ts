/** What one part of a process says about itself. */
export interface PartHealth {
  /** Fit to do its work. A process is ready when all its parts are. */
  readonly ready: boolean;
  /** Where it is not: what is wrong, and what to do about it. */
  readonly problem?: string;
  /** Facts for a person: lag, owned partitions, the reason of a halt. Nothing about users' data. */
  readonly details: Readonly<Record<string, unknown>>;
}

export interface HealthReport {
  readonly healthy: boolean;
  readonly parts: Readonly<Record<string, PartHealth>>;
}

/** Collects the health of a process's parts. */
export class Health {
  readonly #parts = new Map<string, () => PartHealth>();

  add(name: string, part: () => PartHealth): void {
    this.#parts.set(name, part);
  }

  report(): HealthReport {
    const parts = Object.fromEntries([...this.#parts].map(([name, part]) => [name, part()]));
    return { healthy: Object.values(parts).every((part) => part.ready), parts };
  }
}
