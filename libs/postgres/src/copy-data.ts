import { bigintArray, booleanArray, byteaArray, int32, int53, integerArray, storable, textArray } from './arrays.ts';
import type { Column } from './insert.ts';

const signature = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const firstBytes = 64 * 1024;

/** Rows in the binary form of COPY: per row the number of columns, per column its size (-1 = NULL) and bytes. */
export function copyData<R>(columns: readonly Column<R>[], rows: readonly R[]): Uint8Array {
  const out = new CopyBuffer();
  out.bytes(signature);
  for (const row of rows) {
    out.int16(columns.length);
    for (const column of columns) writeValue(out, column, row);
  }
  out.int16(-1);
  return out.done();
}

function writeValue<R>(out: CopyBuffer, column: Column<R>, row: R): void {
  switch (column.type) {
    case 'integer':
      out.int32(4);
      out.int32(int32(column.of(row)));
      return;
    case 'bigint':
      out.int64(int53(column.of(row)));
      return;
    case 'boolean':
      out.int32(1);
      out.int8(column.of(row) ? 1 : 0);
      return;
    case 'text': {
      const value = column.of(row);
      if (value === undefined) out.int32(-1);
      else out.text(storable(value));
      return;
    }
    case 'bytea': {
      const value = column.of(row);
      out.int32(value?.length ?? -1);
      if (value !== undefined) out.bytes(value);
    }
  }
}

/** A buffer that doubles when it is full. */
class CopyBuffer {
  #buffer = Buffer.allocUnsafe(firstBytes);
  #at = 0;

  int8(value: number): void {
    this.#room(1);
    this.#buffer[this.#at++] = value;
  }

  int16(value: number): void {
    this.#room(2);
    this.#at = this.#buffer.writeInt16BE(value, this.#at);
  }

  int32(value: number): void {
    this.#room(4);
    this.#at = this.#buffer.writeInt32BE(value, this.#at);
  }

  /** With its size. */
  int64(value: number): void {
    this.#room(12);
    this.#at = this.#buffer.writeInt32BE(8, this.#at);
    this.#at = this.#buffer.writeInt32BE(Math.floor(value / 0x1_0000_0000), this.#at);
    this.#at = this.#buffer.writeUInt32BE(value >>> 0, this.#at);
  }

  /** With its size. */
  text(value: string): void {
    this.#room(4 + value.length * 3);
    const size = this.#buffer.write(value, this.#at + 4);
    this.#buffer.writeInt32BE(size, this.#at);
    this.#at += 4 + size;
  }

  bytes(value: Uint8Array): void {
    this.#room(value.length);
    this.#buffer.set(value, this.#at);
    this.#at += value.length;
  }

  done(): Uint8Array {
    return this.#buffer.subarray(0, this.#at);
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes));
    larger.set(this.#buffer.subarray(0, this.#at));
    this.#buffer = larger;
  }
}

/** The same rows as one array per column. */
export function columnArrays<R>(columns: readonly Column<R>[], rows: readonly R[]): Uint8Array[] {
  return columns.map((column) => {
    switch (column.type) {
      case 'integer':
        return integerArray(rows.map(column.of));
      case 'bigint':
        return bigintArray(rows.map(column.of));
      case 'boolean':
        return booleanArray(rows.map(column.of));
      case 'text':
        return textArray(rows.map(column.of));
      case 'bytea':
        return byteaArray(rows.map(column.of));
    }
  });
}
