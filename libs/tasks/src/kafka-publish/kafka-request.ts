import { isJsonObject, type Json, type JsonObject } from '@partitura/model';

/** A record to be published. */
export interface KafkaRequest {
  /** `host:port,…`, or the name of a configured integration. */
  readonly cluster: string;
  readonly topic: string;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array;
  readonly headers: Readonly<Record<string, Uint8Array>>;
  /** How long finding the cluster and the topic may take. */
  readonly connectMs: number;
  /** How long the broker's answer may take. */
  readonly answerMs: number;
}

const usualMs = 5_000;
const longestMs = 60_000;
const encoder = new TextEncoder();

/** Reads `kafka_request`; a text says what is wrong with it, in Conductor's words where it has some. */
export function kafkaRequest(input: JsonObject): KafkaRequest | string {
  const asked = input['kafka_request'];
  if (!isJsonObject(asked)) {
    return "Missing Kafka request. Task input MUST have a 'kafka_request' key with KafkaTask.Input as value. See documentation for KafkaTask for required input parameters";
  }
  const { bootStrapServers, topic, value, headers } = asked;
  const cluster = Array.isArray(bootStrapServers) ? bootStrapServers.join(',') : bootStrapServers;
  if (typeof cluster !== 'string' || cluster.trim() === '') return 'No boot strap servers specified';
  if (typeof topic !== 'string' || topic === '') {
    return 'Missing Kafka topic. See documentation for KafkaTask for required input parameters';
  }
  if (value === undefined || value === null) {
    return 'Missing Kafka value.  See documentation for KafkaTask for required input parameters';
  }
  const key = keyOf(asked['key'] ?? null, asked['keySerializer'] ?? null);
  if (typeof key === 'string') return key;
  return {
    cluster: cluster.trim(),
    topic,
    key,
    value: encoder.encode(JSON.stringify(value)),
    headers: isJsonObject(headers)
      ? Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, encoder.encode(textOf(text))]))
      : {},
    connectMs: bounded(asked['maxBlockMs']),
    answerMs: bounded(asked['requestTimeoutMs']),
  };
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** As Java's serializers write it. A key that is missing is the text `null`, as in Conductor. */
function keyOf(key: Json, serializer: Json): Uint8Array | string {
  const name = typeof serializer === 'string' && serializer !== '' ? serializer : 'StringSerializer';
  const bytes = name.endsWith('LongSerializer') ? 8 : name.endsWith('IntegerSerializer') ? 4 : 0;
  if (bytes === 0) return encoder.encode(textOf(key));
  const number = Number(key);
  if (key === null || !Number.isSafeInteger(number) || (bytes === 4 && number !== (number | 0))) {
    return `Failed to invoke kafka task due to: the key ${textOf(key)} is no number that ${name} can write`;
  }
  const view = new DataView(new ArrayBuffer(bytes));
  if (bytes === 8) view.setBigInt64(0, BigInt(number));
  else view.setInt32(0, number);
  return new Uint8Array(view.buffer);
}

function bounded(given: Json | undefined): number {
  const ms = Number(given ?? usualMs);
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, longestMs) : usualMs;
}
