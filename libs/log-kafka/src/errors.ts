import { Fault } from '@partitura/model';

/** Kafka's error codes that we meet, by the protocol's names. */
export const KafkaCode = {
  none: 0,
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  notLeader: 6,
  requestTimedOut: 7,
  replicaNotAvailable: 9,
  messageTooLarge: 10,
  offsetMetadataTooLarge: 12,
  networkException: 13,
  coordinatorLoading: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  invalidTopic: 17,
  recordListTooLarge: 18,
  notEnoughReplicas: 19,
  notEnoughReplicasAfterAppend: 20,
  illegalGeneration: 22,
  unknownMemberId: 25,
  rebalanceInProgress: 27,
  topicAuthorizationFailed: 29,
  groupAuthorizationFailed: 30,
  clusterAuthorizationFailed: 31,
  topicAlreadyExists: 36,
  notController: 41,
  storageError: 56,
  fencedLeaderEpoch: 74,
  unknownLeaderEpoch: 75,
  memberIdRequired: 79,
} as const;

const names = new Map<number, string>(
  Object.entries(KafkaCode).map(([name, code]) => [code, name.replaceAll(/[A-Z]/g, (c) => `_${c}`).toUpperCase()]),
);

export function nameOf(code: number): string {
  return names.get(code) ?? `error ${code}`;
}

/** The leader moved or is moving, or the disk under it failed: look again and ask the new one. */
export const movedCodes: ReadonlySet<number> = new Set([
  KafkaCode.leaderNotAvailable,
  KafkaCode.notLeader,
  KafkaCode.replicaNotAvailable,
  KafkaCode.requestTimedOut,
  KafkaCode.networkException,
  KafkaCode.storageError,
  KafkaCode.fencedLeaderEpoch,
  KafkaCode.unknownLeaderEpoch,
]);

/** The coordinator moved or is loading. */
export const coordinatorCodes: ReadonlySet<number> = new Set([
  KafkaCode.coordinatorLoading,
  KafkaCode.coordinatorNotAvailable,
  KafkaCode.notCoordinator,
]);

/** The fault of an answer with an error code, for anything but appends. */
export function faultOf(code: number, what: string, detail?: string | null): Fault {
  const message = `${what}: ${nameOf(code)}${detail === undefined || detail === null ? '' : ` (${detail})`}`;
  switch (code) {
    case KafkaCode.offsetOutOfRange:
      return new Fault('OFFSET_OUT_OF_RANGE', message, { retryable: false });
    case KafkaCode.unknownTopicOrPartition:
      return new Fault('UNKNOWN_TOPIC', message, { retryable: false });
    case KafkaCode.messageTooLarge:
    case KafkaCode.recordListTooLarge:
    case KafkaCode.offsetMetadataTooLarge:
      return new Fault('TOO_LARGE', message, { retryable: false });
    case KafkaCode.unknownMemberId:
    case KafkaCode.illegalGeneration:
      return new Fault('GROUP_HAS_MEMBERS', message, { retryable: false });
    case KafkaCode.notEnoughReplicas:
    case KafkaCode.rebalanceInProgress:
    case KafkaCode.notController:
      return unavailable(message);
    default:
      return movedCodes.has(code) || coordinatorCodes.has(code)
        ? unavailable(message)
        : new Fault('UNAVAILABLE', message, { retryable: false });
  }
}

/**
 * The fault of an append that was answered with an error code. A leader that changes while replicas are waited for
 * answers NOT_LEADER although the batch is in its log, so some codes say nothing about what happened.
 */
export function appendFaultOf(code: number, what: string): Fault {
  switch (code) {
    case KafkaCode.notLeader:
    case KafkaCode.requestTimedOut:
    case KafkaCode.replicaNotAvailable:
    case KafkaCode.networkException:
    case KafkaCode.notEnoughReplicasAfterAppend:
    case KafkaCode.storageError:
      return outcomeUnknown(`${what}: ${nameOf(code)}`);
    case KafkaCode.corruptMessage: // on its way; the broker appended nothing
      return unavailable(`${what}: ${nameOf(code)}`);
    default:
      return faultOf(code, what);
  }
}

export function unavailable(message: string, cause?: unknown): Fault {
  return new Fault('UNAVAILABLE', message, { retryable: true, cause });
}
export function outcomeUnknown(message: string, cause?: unknown): Fault {
  return new Fault('OUTCOME_UNKNOWN', message, { retryable: true, cause });
}
export function logClosed(): Fault {
  return new Fault('LOG_CLOSED', 'the log was closed', { retryable: false });
}
