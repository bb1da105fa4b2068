/** What goes wrong, and how often. Probabilities are per request, times are virtual milliseconds. */
export interface Faults {
  /** Mean time of one way through the network; 0: everything happens at once, in the order it was asked for. */
  readonly latencyMs: number;
  /** Chance that one way takes up to `slowMs` instead. */
  readonly slow: number;
  readonly slowMs: number;
  /** Refused before anything happened: UNAVAILABLE. */
  readonly refused: number;
  /** The request never arrives; its sender gives up after `timeoutMs`. */
  readonly lostRequest: number;
  /** The request is carried out, its answer never arrives; the sender gives up after `timeoutMs`. */
  readonly lostAck: number;
  /** The request is carried out up to `lateMs` after its sender gave up. */
  readonly late: number;
  readonly lateMs: number;
  /** The request is carried out twice, up to `lateMs` apart; either copy may be the one that is answered. */
  readonly doubled: number;
  /** When a sender gives up waiting. */
  readonly timeoutMs: number;
  /** Chance that a request whose sender died before it arrived is lost with it. */
  readonly lostWithSender: number;
  /** Chance that a read returns fewer batches than it could. */
  readonly shortRead: number;
  /** How long a group waits for a silent member. */
  readonly sessionTimeoutMs: number;
  /** How long a member may go on before it hears that its group moved on without it. */
  readonly heartbeatMs: number;
}

/** Nothing goes wrong and nothing takes time: for contract tests and for the end of a simulation. */
export const calm: Faults = {
  latencyMs: 0,
  slow: 0,
  slowMs: 0,
  refused: 0,
  lostRequest: 0,
  lostAck: 0,
  late: 0,
  lateMs: 0,
  doubled: 0,
  timeoutMs: 30_000,
  lostWithSender: 0,
  shortRead: 0,
  sessionTimeoutMs: 10_000,
  heartbeatMs: 0,
};

/** A bad day. */
export const stormy: Faults = {
  latencyMs: 2,
  slow: 0.08,
  slowMs: 400,
  refused: 0.02,
  lostRequest: 0.03,
  lostAck: 0.06,
  late: 0.03,
  lateMs: 3_000,
  doubled: 0.06,
  timeoutMs: 1_000,
  lostWithSender: 0.3,
  shortRead: 0.3,
  sessionTimeoutMs: 1_500,
  heartbeatMs: 500,
};
