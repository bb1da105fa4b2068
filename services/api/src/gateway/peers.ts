import type { Member } from '@partitura/log';
import type { TaskRecord } from '@partitura/model';
import { taskCodec, type Queue } from '@partitura/wire';
import type { LastPoll, Receiver } from './port.ts';

/** How instances find and trust each other; travels in the group's user data, which only members see. */
export interface PeerCard {
  /** `http://host:port` of the peer. */
  readonly address: string;
  readonly token: string;
}

export const peerPath = '/internal/gateway';

export interface OfferRequest {
  readonly queue: Queue;
  readonly count: number;
  readonly waitMs: number;
}
export interface OfferedTask {
  readonly id: number;
  readonly task: TaskRecord;
}

/** One other instance, asked over HTTP. */
export interface Peer {
  /** Long poll: reserved records, or none when the time is over. */
  offers(request: OfferRequest, signal: AbortSignal): Promise<readonly OfferedTask[]>;
  /** Which of the offers are ours now. */
  claim(queue: Queue, ids: readonly number[], to: Receiver): Promise<readonly boolean[]>;
  decline(queue: Queue, ids: readonly number[]): Promise<void>;
  pollData(type?: string): Promise<readonly LastPoll[]>;
}

export function encodeCard(card: PeerCard): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(card));
}

/** The card of a member, or undefined for one that has none (an older or foreign member). */
export function cardOf(member: Member): PeerCard | undefined {
  try {
    const card: unknown = JSON.parse(new TextDecoder().decode(member.userData));
    if (typeof card !== 'object' || card === null || !('address' in card) || !('token' in card)) return undefined;
    const { address, token } = card;
    return typeof address === 'string' && typeof token === 'string' && URL.canParse(address)
      ? { address, token }
      : undefined;
  } catch {
    return undefined;
  }
}

export function httpPeer(card: PeerCard): Peer {
  const call = async (path: string, body: unknown, signal?: AbortSignal): Promise<unknown> => {
    const response = await fetch(`${card.address}${peerPath}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-partitura-peer': card.token },
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    });
    if (!response.ok) throw new Error(`peer ${card.address} answered ${response.status} to ${path}`);
    return response.json();
  };
  return {
    offers: async (request, signal) =>
      ((await call('/offers', request, signal)) as { id: number; record: string }[]).map(({ id, record }) => ({
        id,
        task: taskCodec.decode(Buffer.from(record, 'base64')),
      })),
    claim: async (queue, ids, { workerId, principal }) =>
      (await call('/claims', { queue, ids, workerId, principal })) as boolean[],
    decline: async (queue, ids) => {
      await call('/declines', { queue, ids });
    },
    pollData: async (type) => (await call('/poll-data', { type })) as LastPoll[],
  };
}
