import { startKafka, type Kafka, type SecuredAccess } from '@partitura/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openKafkaLog } from '../index.ts';
import { freshName, makeTopic, record, textsOf, until } from './world.ts';

describe('a Kafka with TLS and passwords', () => {
  let kafka: Kafka;
  let access: SecuredAccess;
  beforeAll(async () => {
    kafka = await startKafka({ secured: true });
    access = kafka.secured!;
  }, 180_000);
  afterAll(() => kafka.stop());

  const sasl = (password: string): { mechanism: 'plain'; username: string; password: string } => ({
    mechanism: 'plain',
    username: access.username,
    password,
  });

  it('serves appends, followings, groups and administration', async () => {
    const log = await openKafkaLog({
      brokers: [access.broker],
      tls: { ca: access.ca },
      sasl: sasl(access.password),
      heartbeatMs: 100,
    });
    const topic = await makeTopic(log, 2);
    const texts: string[] = [];
    log.follow({
      topic,
      partition: 0,
      from: 0,
      onBatch: (batch) => {
        texts.push(...textsOf(batch.records));
      },
      onEnd: (why) => texts.push(String(why)),
    });
    await log.append(topic, 0, [record('a')]);
    await log.send([{ topic, partition: 0, ...record('b') }]);
    await until('the follower has both', () => texts.join() === 'a,b');
    const ownership = await log.own({
      group: freshName('group'),
      topic,
      count: 2,
      instance: 'one',
      onAcquire: () => undefined,
      onRelease: () => undefined,
    });
    await ownership.confirm();
    expect(ownership.owned().size).toBe(2);
    await log.close();
  });

  it('refuses a wrong password and an unknown certificate, and never tells the password', async () => {
    const told: string[] = [];
    const notify = (level: string, message: string, details: object): void => {
      told.push(level, message, JSON.stringify(details));
    };
    const wrong = { brokers: [access.broker], tls: { ca: access.ca }, sasl: sasl('not the password'), notify };
    const error = await openKafkaLog(wrong).then(
      () => undefined,
      (why: unknown) => why as Error,
    );
    expect(error).toMatchObject({ code: 'UNAVAILABLE' });
    expect((error?.cause as Error).message).toMatch(/authentication/i);
    expect(told.join()).not.toContain('not the password');

    const stranger = openKafkaLog({ brokers: [access.broker], tls: true, sasl: sasl(access.password) });
    await expect(stranger).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
