/** A running Kafka, wherever it came from. */
export interface Kafka {
  /** `host:port` of each node. */
  readonly brokers: readonly string[];
  /** Nodes one by one; empty where Kafka was given, since others use it. */
  readonly nodes: readonly ControlledNode[];
  /** The ways in with TLS and a password or a certificate, where they were asked for. */
  readonly secured?: SecuredAccess;
  /** Of its processes on this machine, as far as they are ours to see. */
  readonly processIds: () => readonly number[];
  stop(): Promise<void>;
}

export interface SecuredAccess {
  /** With TLS; asks for name and password: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512. */
  readonly broker: string;
  /** Certificate to trust, PEM. */
  readonly ca: string;
  readonly username: string;
  /** A user with the same password, who can log in by PLAIN and is bound to the rules of topics that have some. */
  readonly guest: string;
  readonly password: string;
  /** Without TLS; asks for the same. */
  readonly unencryptedBroker: string;
  /** With TLS; asks for the client's certificate. */
  readonly mutualBroker: string;
  /** The client's certificate and key, PEM. */
  readonly certificate: string;
  readonly key: string;
}

/** One node that a test may mistreat. */
export interface ControlledNode {
  readonly broker: string;
  /** Crash: no goodbye. Its data stays. */
  kill(): Promise<void>;
  /** Orderly end. Its data stays. */
  shutDown(): Promise<void>;
  /** After `kill` or `shutDown`: the same node on the same data and port; resolves when it serves. */
  start(): Promise<void>;
  /** Frozen until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

export interface KafkaOptions {
  /** Default 1. */
  readonly nodes?: number;
  /** The test kills or freezes nodes: never use one that was given. Default false. */
  readonly ownOnly?: boolean;
  /** Where a local one keeps its data and is found again; default: a directory that goes with it. */
  readonly dataDirectory?: string;
  /** Also listens with TLS, passwords and client certificates. One local node only. */
  readonly secured?: boolean;
  /** Quick to start, as tests want it (the default), or quick once it runs, as measurements do. Only for a local one. */
  readonly tunedFor?: 'start' | 'work';
  /** Port of the first node; default: a free one. */
  readonly port?: number;
  readonly progress?: (message: string) => void;
}
