import { Fault } from '@partitura/model';

/** No record of the writer could ever be read; found when schemas are compared, before any record is. */
export function incompatible(path: string, why: string): never {
  throw new Fault('INCOMPATIBLE_SCHEMA', `the schemas do not fit at ${path}: ${why}`, { retryable: false });
}
