import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createDatabase, sharedKafka, sharedPostgres, templateDatabase } from './index.ts';
import { isReady } from './kafka/ready.ts';

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe('the shared Kafka', () => {
  it('serves, and is the same for everybody', async () => {
    const [first, second] = await Promise.all([sharedKafka(), sharedKafka()]);
    expect(second).toEqual(first);
    expect(await isReady(Number(first[0]?.split(':')[1]), 1)).toBe(true);
  });
});

describe('the shared Postgres', () => {
  let server: string;
  beforeAll(async () => {
    server = await sharedPostgres();
  });

  it('gives each test a database of its own', async () => {
    const one = await createDatabase(server);
    const other = await createDatabase(server);
    await query(one.url, 'create table a (b int)');
    expect(await query(other.url, `select 1 from pg_tables where tablename = 'a'`)).toEqual([]);
    await Promise.all([one.drop(), other.drop()]);
    await expect(query(one.url, 'select 1')).rejects.toThrow('does not exist');
  });

  describe('with a template', () => {
    const version = `spec ${process.pid} ${performance.now()}`;
    let prepared = 0;
    const prepare = async (url: string): Promise<void> => {
      prepared++;
      await query(url, 'create table a as select 7 as b');
    };
    let template: string;
    afterAll(() => query(server, `drop database ${template}`));

    it('prepares it once and copies it', async () => {
      [template] = await Promise.all([
        templateDatabase(server, version, prepare),
        templateDatabase(server, version, prepare),
      ]);
      expect(prepared).toBe(1);
      const copy = await createDatabase(server, { template });
      expect(await query(copy.url, 'select b from a')).toEqual([{ b: 7 }]);
      await copy.drop();
    });
  });
});
