import type { Database } from './database.ts';
import { PooledDatabase } from './pooled-database.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database?sslmode=…`. Never logged. */
  readonly url: string;
  /** Default 10. */
  readonly connectionsMax?: number;
  /** Default 10 s; 0: none. */
  readonly statementTimeoutMs?: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
}

/** Opens a pool of connections to a Postgres server. Connects on first use, so it does not fail when the server is down. */
export function openPostgres(options: PostgresOptions): Database {
  return new PooledDatabase({
    connectionString: options.url,
    max: options.connectionsMax ?? 10,
    statement_timeout: options.statementTimeoutMs ?? 10_000,
    idle_in_transaction_session_timeout: 60_000,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: options.applicationName ?? 'partitura',
  });
}
