export interface GroupSettings {
  readonly sessionMs: number;
  readonly rebalanceMs: number;
  readonly heartbeatMs: number;
}

/** What makes a member of a group one that owns numbers, or one that works on queues. */
export interface GroupRole {
  readonly group: string;
  /** Names of strategies, best first, with what the leader should know of us; asked before each join. */
  readonly protocols: () => readonly { readonly name: string; readonly metadata: Buffer }[];
  /** As leader: who gets what. */
  readonly assign: (
    protocol: string,
    members: readonly { readonly memberId: string; readonly metadata: Buffer }[],
  ) => Promise<ReadonlyMap<string, Buffer>>;
  readonly onAssigned: (assignment: Buffer, generation: number) => void;
  /** The coordinator does not count us in any more, or could not be heard for a session: nothing is ours. */
  readonly onLost: (why: string) => void;
}

export interface Credentials {
  readonly generation: number;
  readonly memberId: string;
}
