import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Fault } from '@partitura/model';
import { bigintArray, booleanArray, byteaArray, integerArray, textArray } from './arrays.ts';
import { statement, type Database } from './database.ts';
import { bigint, boolean, bytea, defineInsert, integer, text } from './insert.ts';

/** What every adapter of the port must do. */
export function databaseContract(adapter: string, open: () => Promise<Database>): void {
  describe(`the ${adapter} database`, () => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
      await database.run(
        'CREATE TABLE item (id bigint PRIMARY KEY, name text, body bytea, size integer, fresh boolean)',
      );
    });
    afterAll(() => database.close());

    const count = async (): Promise<number | undefined> =>
      (await database.rows<{ n: number }>('SELECT count(*) AS n FROM item'))[0]?.n;

    it('hands rows over as columns and gives them back', async () => {
      const insert = statement(
        `${adapter}_item_insert`,
        'INSERT INTO item SELECT * FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::integer[], $5::boolean[])',
      );
      const columns = [
        bigintArray([2 ** 45, -7]),
        textArray(['ä "quoted" \\ {,}\u{1f600}', undefined]),
        byteaArray([new Uint8Array([0, 1, 255]), undefined]),
        integerArray([5, -5]),
        booleanArray([true, false]),
      ];
      expect(await database.run(insert, columns)).toBe(2);
      expect(await database.rows('SELECT * FROM item ORDER BY id')).toEqual([
        { id: -7, name: null, body: null, size: -5, fresh: false },
        { id: 2 ** 45, name: 'ä "quoted" \\ {,}\u{1f600}', body: Buffer.from([0, 1, 255]), size: 5, fresh: true },
      ]);
    });

    it('adds rows of any values, many at once', async () => {
      interface Row {
        readonly id: number;
        readonly name: string | undefined;
        readonly body: Uint8Array | undefined;
      }
      const insert = defineInsert<Row>('item', [
        bigint('id', (row) => row.id),
        text('name', (row) => row.name),
        bytea('body', (row) => row.body),
        integer('size', (row) => (row.id % 7) - 3),
        boolean('fresh', (row) => row.id % 2 === 0),
      ]);
      const rows = Array.from({ length: 3_000 }, (_, i): Row => ({
        id: 1_000_000 + i,
        name: i % 5 === 0 ? undefined : `n\0ä\u{1f600}"\\ ${'x'.repeat(i % 300)}`,
        body: i % 3 === 0 ? undefined : new Uint8Array([i, 0, 255]),
      }));
      await database.transaction((queries) => queries.insert(insert, rows));
      const found = await database.rows<Row & { size: number; fresh: boolean }>(
        'SELECT * FROM item WHERE id BETWEEN 1000000 AND 1999999 ORDER BY id',
      );
      expect(found).toEqual(
        rows.map(({ id, name, body }) => ({
          id,
          name: name?.replace('\0', '\ufffd') ?? null,
          body: body === undefined ? null : Buffer.from(body),
          size: (id % 7) - 3,
          fresh: id % 2 === 0,
        })),
      );
      const again = [{ id: 2_000_000, name: 'new', body: undefined }, rows[0] as Row];
      await expect(database.insert(insert, again)).rejects.toMatchObject({ code: 'DATABASE_CONSTRAINT' });
      await database.insert(insert, again, { tolerant: true });
      await database.insert(insert, []);
      expect(await database.rows('SELECT name FROM item WHERE id = 2000000')).toEqual([{ name: 'new' }]);
    });

    it('takes plain parameters', async () => {
      const [row] = await database.rows(
        'SELECT $1::text AS t, $2::bigint AS n, $3::boolean AS b, $4::text[] AS l, $5::bytea AS x, $6::text AS z',
        ['a', 2 ** 50, true, ['x', 'y'], new Uint8Array([9]), null],
      );
      expect(row).toEqual({ t: 'a', n: 2 ** 50, b: true, l: ['x', 'y'], x: Buffer.from([9]), z: null });
    });

    it('keeps nothing of a transaction whose work rejects', async () => {
      const before = await count();
      const work = database.transaction(async (queries) => {
        await queries.run('INSERT INTO item (id) VALUES (100)');
        throw new Error('changed my mind');
      });
      await expect(work).rejects.toThrow('changed my mind');
      expect(await count()).toBe(before);
    });

    it('goes on after a statement that failed inside a transaction', async () => {
      const work = database.transaction((queries) => queries.run('SELECT 1 / 0'));
      await expect(work).rejects.toMatchObject({ code: 'DATABASE_ERROR', retryable: false });
      expect(await count()).toBeGreaterThan(0);
    });

    it('runs statements that are issued together in order, and keeps none when one of them fails', async () => {
      const insert = defineInsert<number>('item', [
        bigint('id', (id) => id),
        text('name', () => 'together'),
        bytea('body', () => undefined),
        integer('size', () => 0),
        boolean('fresh', () => true),
      ]);
      const together = (ids: readonly number[]): Promise<unknown> =>
        database.transaction((queries) =>
          Promise.all([
            queries.run('DELETE FROM item WHERE id = $1::bigint', [301]),
            queries.insert(insert, ids),
            queries.run("UPDATE item SET size = 7 WHERE name = 'together'"),
            queries.rows("SELECT id, size FROM item WHERE name = 'together' ORDER BY id"),
          ]),
        );
      const both = [
        { id: 301, size: 7 },
        { id: 302, size: 7 },
      ];
      expect(await together([301, 302])).toEqual([0, undefined, 2, both]);
      // The second refuses its rows, which are on their way already; the others find the transaction aborted.
      await expect(together([303, 302])).rejects.toMatchObject({ code: 'DATABASE_CONSTRAINT' });
      expect(await database.rows("SELECT id, size FROM item WHERE name = 'together' ORDER BY id")).toEqual(both);
    });

    it('refuses what the work of a transaction does after its end', async () => {
      const before = await count();
      let late: Promise<unknown> = Promise.resolve();
      await database.transaction(async (queries) => {
        late = new Promise((resolve) => setTimeout(resolve, 20)).then(() =>
          queries.run('INSERT INTO item (id) VALUES (400)'),
        );
      });
      await expect(late).rejects.toMatchObject({ code: 'DATABASE_CLOSED' });
      expect(await count()).toBe(before);
    });

    it('serializes transactions that change the same row', async () => {
      await database.run('INSERT INTO item (id, size) VALUES (200, 0)');
      const add = (): Promise<number> =>
        database.transaction(async (queries) => {
          const [row] = await queries.rows<{ size: number }>('SELECT size FROM item WHERE id = 200 FOR UPDATE');
          return queries.run('UPDATE item SET size = $1::integer WHERE id = 200', [(row?.size ?? 0) + 1]);
        });
      await Promise.all(Array.from({ length: 8 }, add));
      expect(await database.rows('SELECT size FROM item WHERE id = 200')).toEqual([{ size: 8 }]);
    });

    it('reads together what does not depend on answers, again and again', async () => {
      await database.run('INSERT INTO item (id, name, body, fresh) VALUES (500, $1, $2, true)', [
        'both',
        new Uint8Array([0]),
      ]);
      const byId = statement(`${adapter}_item_by_id`, 'SELECT name, body, size FROM item WHERE id = $1');
      const byName = statement(`${adapter}_item_by_name`, 'SELECT id, fresh FROM item WHERE name = ANY($1::text[])');
      const names = ['both', 'a "quoted" \\ {,} name', ''];
      const reads = [
        { statement: byId, values: [500] },
        { statement: byName, values: [names] },
        { statement: byId, values: [-500] },
      ];
      const answers = [[{ name: 'both', body: Buffer.from([0]), size: null }], [{ id: 500, fresh: true }], []];
      for (let i = 0; i < 2; i++) expect(await database.readTogether(reads)).toEqual(answers);
      const many = await Promise.all(Array.from({ length: 50 }, () => database.readTogether(reads)));
      expect(new Set(many.map((answer) => JSON.stringify(answer))).size).toBe(1);
      const wrong = statement(`${adapter}_wrong`, 'SELECT 1 / size FROM item WHERE id = $1');
      await database.run('UPDATE item SET size = 0 WHERE id = 500');
      await expect(database.readTogether([...reads, { statement: wrong, values: [500] }])).rejects.toMatchObject({
        code: 'DATABASE_ERROR',
      });
      expect(await database.readTogether(reads.slice(1))).toEqual(answers.slice(1));
    });

    it('keeps statements of others out of a transaction', async () => {
      await database.run('INSERT INTO item (id, size) VALUES (600, 0)');
      const others: Promise<unknown>[] = [];
      const work = database.transaction(async (queries) => {
        await queries.run('UPDATE item SET size = 1 WHERE id = 600');
        others.push(
          database.rows('SELECT size FROM item WHERE id = 600'),
          database.run('INSERT INTO item (id) VALUES (601)'),
        );
        await queries.rows('SELECT 1 / 0');
      });
      await expect(work).rejects.toMatchObject({ code: 'DATABASE_ERROR' });
      expect(await Promise.all(others)).toEqual([[{ size: 0 }], 1]);
      expect(await database.rows('SELECT size FROM item WHERE id BETWEEN 600 AND 601 ORDER BY id')).toEqual([
        { size: 0 },
        { size: null },
      ]);
    });

    it('lets a snapshot read one moment, and only read', async () => {
      const counts = await database.snapshot(async (queries) => [
        await queries.rows('SELECT count(*) AS n FROM item'),
        await queries.rows('SELECT count(*) AS n FROM item'),
      ]);
      expect(counts[1]).toEqual(counts[0]);
      const writing = database.snapshot((queries) => queries.run('DELETE FROM item'));
      await expect(writing).rejects.toMatchObject({ code: 'DATABASE_ERROR' });
    });

    it('names a broken constraint as such', async () => {
      await database.run('INSERT INTO item (id) VALUES (300)');
      const again = database.run('INSERT INTO item (id) VALUES (300)');
      await expect(again).rejects.toMatchObject({ code: 'DATABASE_CONSTRAINT' });
    });

    it('hears notifications of committed transactions only', async () => {
      const heard: string[] = [];
      let onEnd: () => void;
      const ended = new Promise<void>((resolve) => (onEnd = resolve));
      const listening = await database.listen('news', (payload) => {
        heard.push(payload);
        if (payload === 'end') onEnd();
      });
      await database
        .transaction(async (queries) => {
          await queries.run(`SELECT pg_notify('news', 'undone')`);
          throw new Error('undo');
        })
        .catch(() => undefined);
      await database.run(`SELECT pg_notify('news', 'done')`);
      await database.run(`SELECT pg_notify('news', 'end')`);
      await ended;
      await listening.close();
      expect(heard).toEqual(['done', 'end']);
    });

    it('refuses work after it was closed', async () => {
      const other = await open();
      await other.close();
      const refused = await other.rows('SELECT 1').catch((cause: unknown) => cause);
      expect(refused).toBeInstanceOf(Fault);
      expect(refused).toMatchObject({ code: 'DATABASE_CLOSED' });
    });
  });
}
