/** A running Postgres, wherever it came from. */
export interface Postgres {
  /** `postgres://…` of a database in which one may create databases. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** The test stops it: never use one that was given. Default false. */
  readonly ownOnly?: boolean;
  readonly progress?: (message: string) => void;
}
