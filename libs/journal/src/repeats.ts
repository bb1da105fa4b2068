import type { Outcome } from '@partitura/model';

/** An accepted outside command: hash of its id, and what its sender was answered. */
export interface Remembered {
  readonly hash: string;
  readonly outcome: Outcome;
}

/** What one aggregate remembers of outside commands; immutable. */
export interface Repeats {
  /** The command that started the history, for the whole life. */
  readonly start: Remembered | undefined;
  /** The latest others, oldest first. */
  readonly latest: readonly Remembered[];
}

export const noRepeats: Repeats = { start: undefined, latest: [] };

export function remember(repeats: Repeats, one: Remembered, most: number): Repeats {
  const latest = repeats.latest.length < most ? repeats.latest : repeats.latest.slice(repeats.latest.length - most + 1);
  return { start: repeats.start, latest: [...latest, one] };
}

/** The first answer to a command with this hash. */
export function firstAnswer(repeats: Repeats, hash: string): Outcome | undefined {
  if (repeats.start?.hash === hash) return repeats.start.outcome;
  for (const one of repeats.latest) if (one.hash === hash) return one.outcome;
  return undefined;
}

/**
 * 53 bits of a command id, base 36: two multiplicative mixes, no secret. One aggregate compares at most a handful of
 * them, so a chance collision is out of the question, and a made one harms only its maker's own commands.
 */
export function hashOf(commandId: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < commandId.length; i++) {
    const unit = commandId.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return ((b & 0x1fffff) * 0x100000000 + (a >>> 0)).toString(36);
}
