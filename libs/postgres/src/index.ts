export {
  statement,
  type Database,
  type Listening,
  type Parameter,
  type Queries,
  type Read,
  type Statement,
} from './database.ts';
export { bigint, boolean, bytea, defineInsert, integer, text, type Column, type Insert } from './insert.ts';
export { bigintArray, booleanArray, byteaArray, integerArray, storable, textArray } from './arrays.ts';
export { openPostgres, type PostgresOptions } from './server.ts';
export { openEmbeddedDatabase, type EmbeddedOptions } from './embedded.ts';
export { migrate, type Migrated } from './migrate.ts';
export { describeSchema } from './describe-schema.ts';
