import { describe, expect, it } from '@jest/globals';
import type { Clock, FollowRequest, Log } from '@partitura/log';
import { definitionKeyOf, Payload, type DefinitionRecord } from '@partitura/model';
import { DefinitionsCopy, type DefinitionName } from './definitions-copy.ts';

const clock: Clock = { now: () => 0, monotonic: () => 0, after: () => () => undefined };
const text = new TextEncoder();

/** A copy of a topic that is written by hand. */
class Topic {
  readonly overtaken: DefinitionName[] = [];
  readonly unreadable: number[] = [];
  copy!: DefinitionsCopy;
  #request: FollowRequest | undefined;
  #end = 0;

  async open(): Promise<this> {
    const log: Pick<Log, 'offsets' | 'follow'> = {
      offsets: async () => ({ start: 0, end: 0 }),
      follow: (request) => {
        this.#request = request;
        return { close: () => undefined };
      },
    };
    this.copy = await DefinitionsCopy.open({
      log: log as Log,
      clock,
      topic: 'definitions',
      decode: (value) => {
        const record = JSON.parse(new TextDecoder().decode(value)) as DefinitionRecord;
        return { ...record, body: Payload.of({ revision: record.revision }) };
      },
      onUnreadable: (offset) => this.unreadable.push(offset),
    });
    this.copy.onOvertaken((definition) => this.overtaken.push(definition));
    return this;
  }

  put(key: string, value: Uint8Array | null): void {
    const offset = this.#end++;
    const records = [{ key: text.encode(key), value, offset, timestamp: 0 }];
    const ends = { nextOffset: this.#end, highWatermark: this.#end, lastStable: this.#end, logStart: 0 };
    void this.#request?.onBatch({ topic: 'definitions', partition: 0, records, ...ends });
  }

  broadcast(version: number, revision: number, deleted = false): void {
    const record = { kind: 'workflow', name: 'w', version, revision, deleted };
    this.put(definitionKeyOf('workflow', 'w', version), text.encode(JSON.stringify(record)));
  }

  last(version: number): number | undefined {
    return this.copy.lastRevision({ kind: 'workflow', name: 'w', version });
  }
  shown(version: number): unknown {
    return this.copy.workflow('w', version)?.value;
  }
}

describe('a copy of the broadcast', () => {
  it('counts the highest revision of each version, and knows which came last', async () => {
    const topic = await new Topic().open();
    topic.broadcast(1, 1);
    topic.broadcast(2, 2);
    topic.broadcast(1, 3);
    expect([topic.last(1), topic.last(2), topic.last(3)]).toEqual([3, 2, undefined]);
    expect(topic.overtaken).toEqual([]);

    topic.broadcast(1, 1);
    expect([topic.last(1), topic.shown(1)]).toEqual([1, { revision: 3 }]);
    expect(topic.overtaken).toMatchObject([{ kind: 'workflow', name: 'w', version: 1 }]);

    topic.broadcast(1, 3);
    expect([topic.last(1), topic.overtaken.length]).toEqual([3, 1]);
  });

  it('keeps a definition that a tombstone or garbage came to lie over, and says so', async () => {
    const topic = await new Topic().open();
    topic.broadcast(1, 4);
    topic.put('workflow/w/1', null);
    expect([topic.last(1), topic.shown(1)]).toEqual([0, { revision: 4 }]);
    topic.put('workflow/w/1', text.encode('no json'));
    expect([topic.last(1), topic.shown(1)]).toEqual([0, { revision: 4 }]);
    expect([topic.overtaken.length, topic.unreadable]).toEqual([2, [2]]);
  });

  it('has nobody to tell about what it never knew', async () => {
    const topic = await new Topic().open();
    topic.put('workflow/w/1', null);
    expect([topic.last(1), topic.overtaken]).toEqual([0, []]);
    topic.broadcast(1, 1, true);
    expect([topic.last(1), topic.shown(1)]).toEqual([1, undefined]);
  });

  it('tells nobody who has stopped listening', async () => {
    const topic = await new Topic().open();
    const told: DefinitionName[] = [];
    topic.copy.onOvertaken((definition) => told.push(definition))();
    topic.broadcast(1, 2);
    topic.broadcast(1, 1);
    expect([told.length, topic.overtaken.length]).toEqual([0, 1]);
  });
});
