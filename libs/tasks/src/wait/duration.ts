const pattern =
  /^\s*(?:(\d+)\s*(?:days?|d))?\s*(?:(\d+)\s*(?:hours?|hrs?|h))?\s*(?:(\d+)\s*(?:minutes?|mins?|m))?\s*(?:(\d+)\s*(?:seconds?|secs?|s))?\s*$/i;

/** Longest wait: far enough for every purpose, near enough for exact milliseconds. */
const msMax = 1000 * 365 * 86_400_000;

/** Milliseconds of `2 days 3 hours`, `1h30m`, `90 seconds`; undefined for anything else. */
export function durationMs(text: string): number | undefined {
  const match = text.length <= 200 ? pattern.exec(text) : null;
  if (match === null) return undefined;
  const [, days, hours, minutes, seconds] = match;
  if ([days, hours, minutes, seconds].every((part) => part === undefined)) return undefined;
  const total =
    Number(days ?? 0) * 86_400 + Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return total * 1000 <= msMax ? total * 1000 : undefined;
}
