import { describe, expect, it } from '@jest/globals';
import type { AddressedRecord } from './port.ts';
import { Outbox } from './outbox.ts';

const record = (text: string): AddressedRecord => ({
  topic: 't',
  partition: 0,
  key: null,
  value: new TextEncoder().encode(text),
});

function controlled(): {
  readonly sends: { texts: string[]; finish: (fault?: Error) => void }[];
  send: (records: readonly AddressedRecord[]) => Promise<void>;
} {
  const sends: { texts: string[]; finish: (fault?: Error) => void }[] = [];
  return {
    sends,
    send: (records) =>
      new Promise((resolve, reject) => {
        const texts = records.map(({ value }) => new TextDecoder().decode(value ?? new Uint8Array()));
        sends.push({ texts, finish: (fault) => (fault === undefined ? resolve() : reject(fault)) });
      }),
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('an outbox', () => {
  it('sends a lone record at once and everything that comes meanwhile together', async () => {
    const log = controlled();
    const outbox = new Outbox(log);
    const first = outbox.push(record('a'));
    await turn();
    const later = Promise.all(['b', 'c', 'd'].map((text) => outbox.push(record(text))));
    await turn();
    expect(log.sends.map(({ texts }) => texts)).toEqual([['a']]);
    log.sends[0]!.finish();
    await first;
    await turn();
    expect(log.sends.map(({ texts }) => texts)).toEqual([['a'], ['b', 'c', 'd']]);
    log.sends[1]!.finish();
    await later;
  });

  it('tells exactly the records of a failed send, and goes on', async () => {
    const log = controlled();
    const outbox = new Outbox(log);
    const lost = outbox.push(record('a'));
    await turn();
    const kept = outbox.push(record('b'));
    log.sends[0]!.finish(new Error('broker gone'));
    await expect(lost).rejects.toThrow('broker gone');
    await turn();
    log.sends[1]!.finish();
    await expect(kept).resolves.toBeUndefined();
  });

  it('bounds a send by bytes, but never refuses a large record', async () => {
    const log = controlled();
    const outbox = new Outbox(log, { batchBytes: 5 });
    void outbox.push(record('x'.repeat(50)));
    for (const text of ['aa', 'bb', 'cc']) void outbox.push(record(text));
    for (let i = 0; i < 3; i++) {
      await turn();
      log.sends.at(-1)!.finish();
    }
    await turn();
    expect(log.sends.map(({ texts }) => texts.map((text) => text.length))).toEqual([[50], [2, 2], [2]]);
  });
});
