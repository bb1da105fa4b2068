/** `yyyy-MM-ddTHH:mm:ss.SSSZ`, as Conductor's summaries have it; 0 is written as the epoch. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
