/** A running Postgres, wherever it came from. */
export interface Postgres {
  /** `postgres://…` of a database in which one may create databases. */
  readonly url: string;
  /** Its first process on this machine, where it is ours to see; the others are its children. */
  readonly pid?: number;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** The test stops it: never use one that was given. Default false. */
  readonly ownOnly?: boolean;
  readonly progress?: (message: string) => void;
}
