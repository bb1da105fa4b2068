import { badRequest } from '@partitura/conductor-api';
import type { IncomingHttpHeaders } from 'node:http';

/** `x-min-position: 3:17,5:90` as a client got it from `x-log-position`: the list must have seen these decisions. */
export function minimumPositions(
  headers: IncomingHttpHeaders,
  partitions: number,
): readonly (readonly [partition: number, offset: number])[] {
  const value = headers['x-min-position'];
  if (typeof value !== 'string' || value.trim() === '') return [];
  return value.split(',').map((part) => {
    const match = /^\s*(\d{1,6}):(\d{1,15})\s*$/.exec(part);
    const partition = Number(match?.[1]);
    if (!match || partition >= partitions) {
      throw badRequest(
        `x-min-position must be <partition>:<offset>, several joined by commas, not ${JSON.stringify(value.slice(0, 100))}`,
      );
    }
    return [partition, Number(match[2])] as const;
  });
}
