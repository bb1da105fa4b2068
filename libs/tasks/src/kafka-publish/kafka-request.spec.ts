import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@partitura/model';
import { kafkaRequest } from './kafka-request.ts';

const read = (more: JsonObject) =>
  kafkaRequest({ kafka_request: { bootStrapServers: 'b:9092', topic: 't', value: 1, ...more } });
const bytes = (more: JsonObject): Uint8Array | null | string => {
  const request = read(more);
  return typeof request === 'string' ? request : request.key;
};
const text = (value: Uint8Array | null): string => new TextDecoder().decode(value ?? new Uint8Array());

describe('kafka_request', () => {
  it('has a value that is JSON, texts too, and headers that are texts', () => {
    const request = read({ value: 'v', headers: { a: 'x', b: 2 } });
    if (typeof request === 'string') throw new Error(request);
    expect(text(request.value)).toBe('"v"');
    expect(Object.entries(request.headers).map(([name, value]) => [name, text(value)])).toEqual([
      ['a', 'x'],
      ['b', '2'],
    ]);
  });

  it('has a key as the named serializer of Java writes it', () => {
    expect(text(bytes({ key: 'k' }) as Uint8Array)).toBe('k');
    expect(text(bytes({}) as Uint8Array)).toBe('null');
    expect(bytes({ key: 258, keySerializer: 'org.apache.kafka.common.serialization.IntegerSerializer' })).toEqual(
      Uint8Array.of(0, 0, 1, 2),
    );
    expect(bytes({ key: '-1', keySerializer: 'org.apache.kafka.common.serialization.LongSerializer' })).toEqual(
      new Uint8Array(8).fill(255),
    );
    expect(bytes({ key: 'x', keySerializer: 'LongSerializer' })).toMatch(/no number that LongSerializer can write/);
  });

  it('bounds how long it waits', () => {
    expect(read({ requestTimeoutMs: 100, maxBlockMs: 1e9 })).toMatchObject({ answerMs: 100, connectMs: 60_000 });
    expect(read({ requestTimeoutMs: 'soon' })).toMatchObject({ answerMs: 5_000, connectMs: 5_000 });
  });

  it.each([
    [{ bootStrapServers: '' }, 'No boot strap servers specified'],
    [{ topic: '' }, 'Missing Kafka topic. See documentation for KafkaTask for required input parameters'],
    [{ value: null }, 'Missing Kafka value.  See documentation for KafkaTask for required input parameters'],
  ])('says what is missing: %j', (more, problem) => {
    expect(read(more)).toBe(problem);
  });

  it('says that it is missing', () => {
    expect(kafkaRequest({})).toMatch(/^Missing Kafka request/);
  });
});
