import { Fault } from '@partitura/model';
import type { Database, Queries } from '@partitura/postgres';

/** How long one statement of a search may take, in ms; a search that needs longer is refused (SEARCH_TOO_SLOW). */
const searchStatementMs = 5_000;

/** Runs a search so that its page and its count see one moment, and no statement of it takes longer than it may. */
export function withinTime<T>(database: Database, work: (queries: Queries) => Promise<T>): Promise<T> {
  return database
    .snapshot(async (queries) => {
      await queries.run(`SET LOCAL statement_timeout = ${searchStatementMs}`);
      return work(queries);
    })
    .catch((error: unknown) => {
      if (!(error instanceof Fault) || error.code !== 'STATEMENT_TIMEOUT') throw error;
      const why = `the search or list takes longer than ${searchStatementMs} ms; narrow it by a type, a time range or an id`;
      throw new Fault('SEARCH_TOO_SLOW', why, { retryable: false, cause: error });
    });
}
