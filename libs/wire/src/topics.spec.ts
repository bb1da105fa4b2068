import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupNames, isNamespace, taskTopicSpec, topicNames, topicSpecs } from './topics.ts';

const names = topicNames('partitura');
const legalInKafka = /^[A-Za-z0-9._-]{1,249}$/;

describe('topic names', () => {
  it('begin with the namespace', () => {
    expect(names).toMatchObject({
      commands: 'partitura.commands',
      journal: 'partitura.journal',
      definitions: 'partitura.definitions',
      replies: 'partitura.replies',
      events: 'partitura.events',
      deadLetters: 'partitura.dead-letters',
    });
    expect(() => topicNames('no such thing')).toThrow('cannot be a namespace');
  });

  it.each([
    ['charge', undefined, 'partitura.tasks.charge'],
    ['charge_card2', 'eu', 'partitura.tasks.charge_card2--eu'],
    ['charge-card', undefined, 'partitura.tasks.charge-2Dcard'],
    ['a.b/c', 'x y', 'partitura.tasks.a-2Eb-2Fc--x-20y'],
    ['prüfen', undefined, 'partitura.tasks.pr-C3-BCfen'],
    ['注', '-', 'partitura.tasks.-E6-B3-A8---2D'],
  ])('of the queue %j, domain %j: %s', (type, domain, topic) => {
    expect(names.tasks(type, domain)).toBe(topic);
    expect(names.queueOf(topic)).toEqual(domain === undefined ? { type } : { type, domain });
  });

  it('give every queue a legal topic of its own, from which short ones can be read back', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 });
    const queue = fc.tuple(text, fc.option(text, { nil: undefined }));
    fc.assert(
      fc.property(queue, queue, ([type, domain], [type2, domain2]) => {
        const topic = names.tasks(type, domain);
        expect(topic).toMatch(legalInKafka);
        const back = names.queueOf(topic);
        if (back !== undefined) expect(back).toEqual(domain === undefined ? { type } : { type, domain });
        else expect(topic).toMatch(/-x[0-9a-f]{32}$/);
        const same = type === type2 && domain === domain2;
        expect(names.tasks(type2, domain2) === topic).toBe(same);
      }),
    );
  });

  it('cut long names to 200 characters, of which the end is a hash of the whole', () => {
    const one = names.tasks('x'.repeat(300));
    const other = names.tasks('x'.repeat(301));
    expect(one).toMatch(/^partitura\.tasks\.x{166}-x[0-9a-f]{32}$/);
    expect(one).not.toBe(other);
    expect(names.queueOf(one)).toBeUndefined();
    expect(names.tasks('x'.repeat(200))).toBe(`partitura.tasks.${'x'.repeat(200)}`);
  });

  it('are cut so that the hash cannot be taken for a domain', () => {
    for (let length = 160; length < 170; length++)
      for (const tail of ['-'.repeat(100), 'ü'.repeat(100)]) {
        const topic = names.tasks('x'.repeat(length) + tail);
        expect(topic).toMatch(/[^-]-x[0-9a-f]{32}$/);
        expect(names.queueOf(topic)).toBeUndefined();
        const withDomain = names.tasks('x'.repeat(length), tail);
        expect(withDomain).toMatch(/[^-]-x[0-9a-f]{32}$/);
        expect(names.queueOf(withDomain)).toBeUndefined();
      }
  });

  it('are not mistaken for queues when they are something else', () => {
    for (const topic of [
      'partitura.commands',
      'other.tasks.a',
      'partitura.tasks.',
      'partitura.tasks.a--',
      'partitura.tasks.a-2',
    ])
      expect(names.queueOf(topic)).toBeUndefined();
    // Bytes that are no UTF-8, and an escape that is not needed.
    for (const topic of ['partitura.tasks.-FF', 'partitura.tasks.-61']) expect(names.queueOf(topic)).toBeUndefined();
  });

  it('need a type, and a domain that says something', () => {
    expect(() => names.tasks('')).toThrow('needs a type');
    expect(() => names.tasks('a', '')).toThrow('needs a type');
  });
});

describe('group names', () => {
  it('begin with the namespace, and name queues as topics do', () => {
    const groups = groupNames('acme');
    expect(groups).toMatchObject({
      decider: 'acme.decider',
      projector: 'acme.projector',
      gateway: 'acme.gateway',
      restore: 'acme.restore',
    });
    expect(groups.queue('a-b', 'eu')).toBe('acme.queue.a-2Db--eu');
  });
  it('are found by the topics of their queues', () => {
    const groups = groupNames('acme');
    for (const [type, domain] of [['a-b', 'eu'], ['a'], ['ü'.repeat(100)]] as const)
      expect(groups.ofTaskTopic(topicNames('acme').tasks(type, domain))).toBe(groups.queue(type, domain));
    expect(groups.ofTaskTopic('acme.commands')).toBeUndefined();
  });
});

describe('a namespace', () => {
  it('leaves room for the longest task topic in Kafka’s 249 characters', () => {
    const longest = 'n'.repeat(42);
    expect(isNamespace(longest)).toBe(true);
    expect(isNamespace(`${longest}n`)).toBe(false);
    expect(topicNames(longest).tasks('ü'.repeat(100))).toMatch(legalInKafka);
    expect(groupNames(longest).queue('ü'.repeat(100))).toMatch(legalInKafka);
  });
  it.each(['', '.', '-a', 'a.', 'a b', 'ü'])('cannot be %j', (text) => {
    expect(isNamespace(text)).toBe(false);
  });
});

describe('the topics of an installation', () => {
  const specs = new Map(topicSpecs('partitura', 8, { replicationFactor: 3 }).map((spec) => [spec.topic, spec]));

  it('never lose by time what is owed', () => {
    for (const topic of [names.commands, names.journal, names.definitions, names.sinks])
      expect(specs.get(topic)?.config.retentionMs).toBe(-1);
    expect(taskTopicSpec('partitura', { type: 'charge' }).config.retentionMs).toBe(-1);
  });
  it('let the broker date the journal', () => {
    expect(specs.get(names.journal)?.config.timestamps).toBe('append');
    expect(specs.get(names.commands)?.config.timestamps).toBe('create');
  });
  it('have as many partitions as the role that owns them', () => {
    const counts = Object.fromEntries([...specs].map(([topic, { partitions }]) => [topic, partitions]));
    expect(counts).toEqual({
      'partitura.commands': 8,
      'partitura.journal': 8,
      'partitura.definitions': 1,
      'partitura.replies': 4,
      'partitura.events': 8,
      'partitura.sinks': 8,
      'partitura.dead-letters': 1,
    });
    expect(taskTopicSpec('partitura', { type: 'charge', domain: 'eu' }, { partitions: 16 })).toMatchObject({
      topic: 'partitura.tasks.charge--eu',
      partitions: 16,
    });
  });
  it('keep the newest of each definition, and replies for an hour', () => {
    expect(specs.get(names.definitions)?.config.cleanup).toBe('compact');
    expect(specs.get(names.replies)?.config).toMatchObject({ cleanup: 'delete', retentionMs: 3_600_000 });
  });
  it('take the replication that is asked for, or the broker’s default', () => {
    expect(specs.get(names.journal)?.replicationFactor).toBe(3);
    expect(topicSpecs('partitura', 2)[0]).not.toHaveProperty('replicationFactor');
  });
});
