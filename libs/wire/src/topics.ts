import { invariant } from '@partitura/model';
import { createHash } from 'node:crypto';
import { limits } from './limits.ts';

const namespaceRule = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,40}[A-Za-z0-9])?$/;
const queueNameMax = 200;
const dayMs = 86_400_000;

/** Whether the text may be a namespace: it begins every topic and group name. */
export function isNamespace(text: string): boolean {
  return namespaceRule.test(text);
}

export interface TopicNames {
  readonly commands: string;
  readonly journal: string;
  readonly definitions: string;
  readonly replies: string;
  readonly events: string;
  /** Messages of EVENT tasks for event handlers, keyed by workflow id. */
  readonly sinks: string;
  readonly deadLetters: string;
  /** The queue of one worker type, and of one domain of it. */
  tasks(type: string, domain?: string): string;
  /** Type and domain of a task topic of this namespace; undefined for other topics and for names cut to a hash. */
  queueOf(topic: string): Queue | undefined;
}
export interface Queue {
  readonly type: string;
  readonly domain?: string;
}

/** Every topic of an installation, by name. */
export function topicNames(namespace: string): TopicNames {
  invariant(isNamespace(namespace), `${JSON.stringify(namespace)} cannot be a namespace`);
  const prefix = `${namespace}.tasks.`;
  return {
    commands: `${namespace}.commands`,
    journal: `${namespace}.journal`,
    definitions: `${namespace}.definitions`,
    replies: `${namespace}.replies`,
    events: `${namespace}.events`,
    sinks: `${namespace}.sinks`,
    deadLetters: `${namespace}.dead-letters`,
    tasks: (type, domain) => prefix + queueName(type, domain),
    queueOf: (topic) => (topic.startsWith(prefix) ? parseQueueName(topic.slice(prefix.length)) : undefined),
  };
}

export interface GroupNames {
  readonly decider: string;
  readonly projector: string;
  readonly gateway: string;
  readonly publisher: string;
  /** Holds the offsets of checkpoints; has no members. */
  readonly restore: string;
  /** Holds how far the archive has the journal; has no members. */
  readonly archived: string;
  /** Workers, and the gateway on behalf of HTTP workers, of one queue. */
  queue(type: string, domain?: string): string;
  /** The same by the name of the queue's topic; undefined for other topics. */
  ofTaskTopic(topic: string): string | undefined;
}

/** Every consumer group of an installation, by name. */
export function groupNames(namespace: string): GroupNames {
  invariant(isNamespace(namespace), `${JSON.stringify(namespace)} cannot be a namespace`);
  const tasks = `${namespace}.tasks.`;
  return {
    decider: `${namespace}.decider`,
    projector: `${namespace}.projector`,
    gateway: `${namespace}.gateway`,
    publisher: `${namespace}.publisher`,
    restore: `${namespace}.restore`,
    archived: `${namespace}.archived`,
    queue: (type, domain) => `${namespace}.queue.${queueName(type, domain)}`,
    ofTaskTopic: (topic) => (topic.startsWith(tasks) ? `${namespace}.queue.${topic.slice(tasks.length)}` : undefined),
  };
}

const queueNames = new Map<string, string>();
const queueNamesKept = 10_000;

/**
 * Task type and domain in Kafka's alphabet: `[A-Za-z0-9_]` stay, every other byte of the UTF-8 text becomes `-HH`, the
 * domain follows after `--`. What would be longer than 200 characters is cut and ends with `-x` and a hash of the whole.
 */
function queueName(type: string, domain: string | undefined): string {
  // NUL cannot be confused with a part of either: escaped names hold none.
  const key = domain === undefined ? type : `${type}\0${domain}`;
  const known = queueNames.get(key);
  if (known !== undefined) return known;
  invariant(type !== '' && domain !== '', 'a task queue needs a type, and a domain that is not empty');
  const whole = domain === undefined ? escape(type) : `${escape(type)}--${escape(domain)}`;
  const hash = () => createHash('sha256').update(whole).digest('hex').slice(0, 32);
  const name = whole.length <= queueNameMax ? whole : `${beginningOf(whole)}-x${hash()}`;
  if (queueNames.size >= queueNamesKept) queueNames.clear();
  queueNames.set(key, name);
  return name;
}

/** Not cut inside an escape, nor between the two dashes: a third one would make the hash look like a domain. */
function beginningOf(name: string): string {
  return name.slice(0, queueNameMax - 34).replace(/-+[0-9A-F]?$/, '');
}

function escape(text: string): string {
  if (/^\w*$/.test(text)) return text;
  return Array.from(new TextEncoder().encode(text), (byte) => {
    const char = String.fromCharCode(byte);
    return /^\w$/.test(char) ? char : `-${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

function parseQueueName(name: string): Queue | undefined {
  if (!/^(?:\w|-[0-9A-F]{2})+(?:--(?:\w|-[0-9A-F]{2})+)?$/.test(name)) return undefined;
  const cut = name.indexOf('--');
  const [type, domain] = cut < 0 ? [name] : [name.slice(0, cut), name.slice(cut + 2)];
  const queue = { type: unescape(type), ...(domain === undefined ? {} : { domain: unescape(domain) }) };
  // Bytes that are no UTF-8, or escapes of what needs none: nobody of ours made this name.
  return queueName(queue.type, queue.domain) === name ? queue : undefined;
}

function unescape(name: string): string {
  return Buffer.from(
    name.replace(/-(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
}

/** What a topic must be like: the log port's `TopicSpec`. */
export interface TopicPlan {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor?: number;
  readonly config: {
    readonly cleanup: 'delete' | 'compact';
    readonly retentionMs: number;
    readonly timestamps: 'append' | 'create';
    readonly maxMessageBytes: number;
  };
}

export interface TopicOptions {
  /** Absent: the broker's default. */
  readonly replicationFactor?: number;
  /** How long public events are kept; default 7 days. */
  readonly eventsRetentionMs?: number;
}

const repliesPartitions = 4;
const queuePartitions = 4;

/** The fixed topics of an installation. Nothing that is owed to anybody is deleted by time. */
export function topicSpecs(namespace: string, partitions: number, options: TopicOptions = {}): readonly TopicPlan[] {
  const names = topicNames(namespace);
  return [
    plan(names.commands, partitions, options, { retentionMs: -1 }),
    plan(names.journal, partitions, options, { retentionMs: -1, timestamps: 'append' }),
    plan(names.definitions, 1, options, { cleanup: 'compact', retentionMs: -1 }),
    plan(names.replies, repliesPartitions, options, { retentionMs: dayMs / 24 }),
    plan(names.events, partitions, options, { retentionMs: options.eventsRetentionMs ?? 7 * dayMs }),
    plan(names.sinks, partitions, options, { retentionMs: -1 }),
    plan(names.deadLetters, 1, options, { retentionMs: 30 * dayMs, maxMessageBytes: limits.deadLetterBytes }),
  ];
}

/** The topic of one task queue. */
export function taskTopicSpec(
  namespace: string,
  queue: Queue,
  options: TopicOptions & { readonly partitions?: number } = {},
): TopicPlan {
  const topic = topicNames(namespace).tasks(queue.type, queue.domain);
  return plan(topic, options.partitions ?? queuePartitions, options, { retentionMs: -1 });
}

function plan(
  topic: string,
  partitions: number,
  options: TopicOptions,
  config: Partial<TopicPlan['config']> & { readonly retentionMs: number },
): TopicPlan {
  return {
    topic,
    partitions,
    ...(options.replicationFactor === undefined ? {} : { replicationFactor: options.replicationFactor }),
    config: { cleanup: 'delete', timestamps: 'create', maxMessageBytes: limits.messageBytes, ...config },
  };
}
