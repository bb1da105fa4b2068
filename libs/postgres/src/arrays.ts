/**
 * Columns of rows as Postgres arrays in binary form, for multi-row statements over `unnest`. One buffer per column,
 * written without a detour through text: the cheapest way to hand a thousand rows over, for both sides.
 *
 * Layout (all big-endian int32): dimensions (1, or 0 when empty), has-null flag, element type; then length and lower
 * bound 1; then per element its size (-1 = null) and bytes.
 */
const oid = { bool: 16, bytea: 17, int8: 20, int4: 23, text: 25 } as const;

const headerBytes = 20;
const emptyHeaderBytes = 12;

function header(elementType: number, count: number, hasNull: boolean, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(count === 0 ? emptyHeaderBytes : headerBytes + bytes);
  buffer.writeInt32BE(count === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(hasNull ? 1 : 0, 4);
  buffer.writeInt32BE(elementType, 8);
  if (count > 0) {
    buffer.writeInt32BE(count, 12);
    buffer.writeInt32BE(1, 16);
  }
  return buffer;
}

/** The nearest integer of 32 bits; NaN counts as 0. What people send must not stop a projection. */
export function int32(value: number): number {
  if ((value | 0) === value) return value;
  return Number.isNaN(value) ? 0 : Math.trunc(Math.min(Math.max(value, -0x8000_0000), 0x7fff_ffff));
}

/** The nearest integer that fits a double; NaN counts as 0. */
export function int53(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  if (Number.isNaN(value)) return 0;
  return Math.trunc(Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER));
}

/** `bigint[]`; see {@link int53}. */
export function bigintArray(values: readonly number[]): Uint8Array {
  const buffer = header(oid.int8, values.length, false, values.length * 12);
  let at = headerBytes;
  for (const given of values) {
    const value = int53(given);
    buffer.writeInt32BE(8, at);
    buffer.writeInt32BE(Math.floor(value / 0x1_0000_0000), at + 4);
    buffer.writeUInt32BE(value >>> 0, at + 8);
    at += 12;
  }
  return buffer;
}

/** `integer[]`; see {@link int32}. */
export function integerArray(values: readonly number[]): Uint8Array {
  const buffer = header(oid.int4, values.length, false, values.length * 8);
  let at = headerBytes;
  for (const value of values) {
    buffer.writeInt32BE(4, at);
    buffer.writeInt32BE(int32(value), at + 4);
    at += 8;
  }
  return buffer;
}

/** `boolean[]`. */
export function booleanArray(values: readonly boolean[]): Uint8Array {
  const buffer = header(oid.bool, values.length, false, values.length * 5);
  let at = headerBytes;
  for (const value of values) {
    buffer.writeInt32BE(1, at);
    buffer[at + 4] = value ? 1 : 0;
    at += 5;
  }
  return buffer;
}

/** `text[]`. Postgres cannot hold U+0000, so it becomes U+FFFD: what people send must not stop a projection. */
export function textArray(values: readonly (string | undefined)[]): Uint8Array {
  let bytes = values.length * 4;
  let hasNull = false;
  for (const value of values) {
    if (value === undefined) hasNull = true;
    else bytes += value.length * 3;
  }
  // Sized for the worst case of UTF-8, cut afterwards: measuring every text first would cost a second pass.
  const buffer = header(oid.text, values.length, hasNull, bytes);
  if (values.length === 0) return buffer;
  let at = headerBytes;
  for (const value of values) {
    if (value === undefined) {
      buffer.writeInt32BE(-1, at);
      at += 4;
      continue;
    }
    const size = buffer.write(storable(value), at + 4);
    buffer.writeInt32BE(size, at);
    at += 4 + size;
  }
  return buffer.subarray(0, at);
}

/** A text as Postgres can hold it. */
export function storable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text;
}

/** `bytea[]`. */
export function byteaArray(values: readonly (Uint8Array | undefined)[]): Uint8Array {
  let bytes = values.length * 4;
  let hasNull = false;
  for (const value of values) {
    if (value === undefined) hasNull = true;
    else bytes += value.length;
  }
  const buffer = header(oid.bytea, values.length, hasNull, bytes);
  let at = headerBytes;
  for (const value of values) {
    if (value === undefined) {
      buffer.writeInt32BE(-1, at);
      at += 4;
      continue;
    }
    buffer.writeInt32BE(value.length, at);
    buffer.set(value, at + 4);
    at += 4 + value.length;
  }
  return buffer;
}
