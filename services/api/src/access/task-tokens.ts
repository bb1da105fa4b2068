import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** What a text that should be the id of a task turned out to be. */
export type ReadTaskToken =
  | { readonly kind: 'token'; readonly taskId: string; readonly dispatch: number }
  /** An id as everybody can read it, or no id at all. */
  | { readonly kind: 'plain' }
  | { readonly kind: 'forged' };

const pattern = /^(.+~[0-9a-z]+\.[0-9a-z]+\.[0-9a-z]+)\.([0-9a-z]{1,7})\.([\w-]{22})$/;
const macChars = 22;

/**
 * The proof that a task was handed out: `<task id>.<dispatch>.<MAC>`, given to workers in place of the task's id, which
 * they send back with their reports as they would the id. Ids can be computed by whoever knows the run's, so a key that
 * may only work could otherwise end tasks that were given to somebody else, or to nobody yet. The id names run, task and
 * attempt, the dispatch names the lease; both end in the decider, by response time-out, retry or the next hand-out, so a
 * token does not carry a time of its own. It needs no store: any process with the same secret can check it.
 */
export class TaskTokens {
  readonly #key: string;

  /** @param secret the same in all processes that shall take each other's tokens */
  constructor(secret: Uint8Array) {
    this.#key = createHmac('sha256', secret).update('partitura task token').digest('base64url');
  }

  issue(taskId: string, dispatch: number): string {
    const signed = `${taskId}.${dispatch.toString(36)}`;
    return `${signed}.${this.#mac(signed)}`;
  }

  read(text: string): ReadTaskToken {
    const match = pattern.exec(text);
    if (match === null) return { kind: 'plain' };
    const [, taskId = '', dispatch = '', mac = ''] = match;
    const right = this.#mac(`${taskId}.${dispatch}`);
    if (!timingSafeEqual(Buffer.from(mac), Buffer.from(right))) return { kind: 'forged' };
    return { kind: 'token', taskId, dispatch: parseInt(dispatch, 36) };
  }

  /**
   * A hash that begins with a secret of fixed length is a MAC where the hash shows but a part of its state, as SHA-512/256
   * does. One call of it takes about a microsecond; an HMAC object six, twice per task.
   */
  #mac(text: string): string {
    return hash('sha512-256', this.#key + text, 'base64url').slice(0, macChars);
  }
}
