import type { AddressedRecord } from '@partitura/log';
import type { Reply } from '@partitura/model';
import { addressed } from './owed.ts';
import type { Life } from './patience.ts';
import type { JournalPorts } from './ports.ts';

const waitingMost = 20_000;

/**
 * Answers to whoever waits for a command. Best effort: what cannot be sent is lost, the sender's own time-out answers
 * instead, and a repeat of the command gets the first answer from the journal.
 */
export class Replies {
  readonly #ports: Pick<JournalPorts, 'log' | 'codec' | 'topics'>;
  readonly #life: Life;
  #waiting: AddressedRecord[] = [];
  #sending = false;

  constructor(ports: Pick<JournalPorts, 'log' | 'codec' | 'topics'>, life: Life) {
    this.#ports = ports;
    this.#life = life;
  }

  /** To go with the next flush. */
  add(partition: number, reply: Reply): void {
    if (this.#waiting.length >= waitingMost) this.#waiting = [];
    const { codec, topics } = this.#ports;
    this.#waiting.push(addressed(codec.encodeReply(reply), topics.replies, partition));
  }

  flush(): void {
    if (this.#sending || this.#waiting.length === 0 || !this.#life.alive) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#sending = true;
    const sent = (): void => {
      this.#sending = false;
      this.flush();
    };
    this.#ports.log.send(batch).then(sent, sent);
  }
}
