const pattern = /^\s*(\d{4})-(\d{2})-(\d{2})(?:\s+(\d{2}):(\d{2})(?:\s+(\S.*?))?)?\s*$/;

/** Epoch ms of `yyyy-MM-dd`, `yyyy-MM-dd HH:mm` or `yyyy-MM-dd HH:mm ZONE`; undefined for anything else. */
export function momentOf(text: string): number | undefined {
  const match = text.length <= 100 ? pattern.exec(text) : null;
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, zone] = match;
  const asUtc = utc(Number(year), Number(month), Number(day), Number(hour ?? 0), Number(minute ?? 0));
  if (asUtc === undefined || zone === undefined) return asUtc;
  const offset = fixedOffsetMs(zone);
  return offset === undefined ? inNamedZone(asUtc, zone) : asUtc - offset;
}

function utc(year: number, month: number, day: number, hour: number, minute: number): number | undefined {
  const ms = Date.UTC(year, month - 1, day, hour, minute);
  const date = new Date(ms);
  const asWritten =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60;
  return asWritten ? ms : undefined;
}

/** Abbreviations mean their fixed offset, in hours, whatever the season. */
const abbreviations: Readonly<Record<string, number>> = {
  UTC: 0,
  GMT: 0,
  Z: 0,
  WET: 0,
  WEST: 1,
  BST: 1,
  CET: 1,
  CEST: 2,
  EET: 2,
  EEST: 3,
  MSK: 3,
  IST: 5.5,
  SGT: 8,
  JST: 9,
  KST: 9,
  AEST: 10,
  AEDT: 11,
  NZST: 12,
  NZDT: 13,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
  AKST: -9,
  AKDT: -8,
  HST: -10,
};

function fixedOffsetMs(zone: string): number | undefined {
  const named = Object.hasOwn(abbreviations, zone.toUpperCase()) ? abbreviations[zone.toUpperCase()] : undefined;
  if (named !== undefined) return named * 3_600_000;
  const match = /^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$/i.exec(zone);
  if (match === null) return undefined;
  const [, sign, hours, minutes] = match;
  if (Number(hours) > 18 || Number(minutes ?? 0) > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3_600_000 + Number(minutes ?? 0) * 60_000);
}

/** A zone of the tz database, `Europe/Berlin`. */
function inNamedZone(asUtc: number, zone: string): number | undefined {
  const format = formatFor(zone);
  if (format === undefined) return undefined;
  const first = asUtc - offsetAt(format, asUtc);
  return asUtc - offsetAt(format, first);
}

function formatFor(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function offsetAt(format: Intl.DateTimeFormat, at: number): number {
  const parts = new Map(format.formatToParts(new Date(at)).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return local - at;
}
