import { describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription } from './consumer-protocol.ts';

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;

describe('what members of a group tell each other', () => {
  it('is what other clients read', () => {
    const userData = Buffer.from('mine');
    expect(MemberMetadata.decode(encodeSubscription({ topics: ['a', 'b'], userData }))).toEqual({
      version: 0,
      topics: ['a', 'b'],
      userData,
    });
    expect(MemberAssignment.decode(encodeAssignment({ partitions: new Map([['a', [0, 7]]]), userData }))).toEqual({
      version: 0,
      assignment: { a: [0, 7] },
      userData,
    });
  });

  it('is read as other clients write it', () => {
    const subscription = MemberMetadata.encode({ version: 1, topics: ['a'], userData: Buffer.from('theirs') });
    const { topics, userData } = decodeSubscription(Buffer.concat([subscription, Buffer.from([0, 0, 0, 0])]));
    expect([topics, Buffer.from(userData).toString()]).toEqual([['a'], 'theirs']);
    const assignment = MemberAssignment.encode({ version: 0, assignment: { a: [1] }, userData: Buffer.alloc(0) });
    expect(decodeAssignment(assignment).partitions).toEqual(new Map([['a', [1]]]));
  });

  it('may be nothing at all for a member that got nothing', () => {
    expect(decodeAssignment(Buffer.alloc(0)).partitions.size).toBe(0);
  });

  it('is refused when it is something else', () => {
    expect(() => decodeSubscription(Buffer.from('certainly not a subscription'))).toThrow(RangeError);
  });
});
