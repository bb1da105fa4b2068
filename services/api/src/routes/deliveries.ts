import type { TaskId } from '@partitura/model';
import type { FastifyReply } from 'fastify';
import type { Socket } from 'node:net';
import type { TaskQueues } from '../gateway/port.ts';

/**
 * Notices when the connection breaks over which tasks were sent a moment ago: the client cannot have read them. One
 * listener per connection, however many polls it carries.
 */
export class Deliveries {
  readonly #queues: Pick<TaskQueues, 'undelivered'>;
  /** What each connection was sent last. */
  readonly #sent = new WeakMap<Socket, readonly TaskId[]>();

  constructor(queues: Pick<TaskQueues, 'undelivered'>) {
    this.#queues = queues;
  }

  /** These tasks leave with this reply. */
  send(reply: FastifyReply, tasks: readonly TaskId[]): void {
    const { socket } = reply.request.raw;
    if (socket.destroyed) {
      this.#queues.undelivered(tasks);
      return;
    }
    if (!this.#sent.has(socket)) {
      socket.once('close', (hadError: boolean) => {
        // Clients that end their connection once they have read the answer do so without an error.
        if (hadError) this.#queues.undelivered(this.#sent.get(socket) ?? []);
      });
    }
    this.#sent.set(socket, tasks);
  }
}
