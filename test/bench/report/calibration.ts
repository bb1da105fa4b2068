import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpConnection } from '../load/http-connection.ts';
import type { Figures } from './figures.ts';

/** What this machine takes right now for what everything else is made of: figures of two days compare only beside it. */
export async function calibrate(): Promise<Figures> {
  return { 'fsync ms': fsyncMs(), 'loopback HTTP µs': await loopbackMicros(), 'JSON of 2 KB µs': jsonMicros() };
}

function fsyncMs(): number {
  const path = join(tmpdir(), `partitura-fsync-${process.pid}`);
  const file = openSync(path, 'w');
  const block = Buffer.alloc(4096);
  const began = performance.now();
  for (let i = 0; i < 50; i++) {
    writeSync(file, block);
    fdatasyncSync(file);
  }
  closeSync(file);
  rmSync(path);
  return (performance.now() - began) / 50;
}

/** Client and server in this process: what one exchange costs at least. */
async function loopbackMicros(): Promise<number> {
  const server = createServer((_, response) => response.end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const connection = new HttpConnection(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  const exchange = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await connection.request('GET', '/');
  };
  await exchange(1_000);
  const began = performance.now();
  await exchange(2_000);
  const micros = ((performance.now() - began) / 2_000) * 1_000;
  connection.close();
  server.close();
  return micros;
}

function jsonMicros(): number {
  const text = JSON.stringify({
    items: Array.from({ length: 40 }, (_, i) => ({ id: `item-${i}`, amount: i * 1.5, open: true })),
  });
  const rounds = 5_000;
  const repeat = (): void => {
    for (let i = 0; i < rounds; i++) JSON.stringify(JSON.parse(text));
  };
  repeat();
  const began = performance.now();
  repeat();
  return ((performance.now() - began) / rounds) * 1_000;
}
