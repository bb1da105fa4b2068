export interface Ration {
  /** So many lines … */
  readonly lines: number;
  /** … in so many milliseconds. */
  readonly perMs: number;
  /** Milliseconds since some moment; never goes back. */
  readonly monotonic: () => number;
}

type Say = (fields: object, message: string) => void;

/**
 * For lines that outsiders can cause as often as they like: says a few of them at a time. What is kept back is counted,
 * and the next line that is said has the count as its field `keptBack`. A metric beside it counts them all.
 */
export function rationed(say: Say, { lines, perMs, monotonic }: Ration): Say {
  let since = -Infinity;
  let said = 0;
  let keptBack = 0;
  return (fields, message) => {
    const now = monotonic();
    if (now - since >= perMs) {
      since = now;
      said = 0;
    }
    if (said >= lines) {
      keptBack += 1;
      return;
    }
    said += 1;
    say(keptBack === 0 ? fields : { ...fields, keptBack }, message);
    keptBack = 0;
  };
}
