import { describe, expect, it } from '@jest/globals';
import { appendFaultOf, faultOf, KafkaCode } from './errors.ts';

describe('the fault of an answered append', () => {
  it.each([
    ['requestTimedOut', 'OUTCOME_UNKNOWN', true],
    ['notEnoughReplicasAfterAppend', 'OUTCOME_UNKNOWN', true],
    ['notLeader', 'OUTCOME_UNKNOWN', true],
    ['storageError', 'OUTCOME_UNKNOWN', true],
    ['notEnoughReplicas', 'UNAVAILABLE', true],
    ['leaderNotAvailable', 'UNAVAILABLE', true],
    ['corruptMessage', 'UNAVAILABLE', true],
    ['unknownTopicOrPartition', 'UNKNOWN_TOPIC', false],
    ['messageTooLarge', 'TOO_LARGE', false],
    ['recordListTooLarge', 'TOO_LARGE', false],
  ] as const)('%s is %s', (code, expected, retryable) => {
    expect(appendFaultOf(KafkaCode[code], 'append')).toMatchObject({ code: expected, retryable });
  });
});

describe('the fault of another answer', () => {
  it('names what Kafka said', () => {
    expect(faultOf(KafkaCode.offsetOutOfRange, 'fetch of t/0 at 7').message).toBe(
      'fetch of t/0 at 7: OFFSET_OUT_OF_RANGE',
    );
    expect(faultOf(999, 'fetch', 'not allowed').message).toBe('fetch: error 999 (not allowed)');
  });

  it('says who may not use what, and that asking again is of no use', () => {
    const fault = faultOf(KafkaCode.topicAuthorizationFailed, 'topic t');
    expect(fault).toMatchObject({
      code: 'UNAVAILABLE',
      retryable: false,
      message: 'topic t: TOPIC_AUTHORIZATION_FAILED',
    });
  });

  it('of an unknown code is not worth repeating', () => {
    expect(faultOf(999, 'fetch')).toMatchObject({ code: 'UNAVAILABLE', retryable: false });
  });
});
