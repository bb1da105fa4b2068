import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server on this machine that a test can freeze or cut. */
export interface Cable {
  readonly port: number;
  /** Nothing passes in either direction, and nobody is told. */
  freeze(): void;
  /** What waited passes now. */
  thaw(): void;
  /** Breaks all connections, and new ones as they come, until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function openCable(targetPort: number): Promise<Cable> {
  const sockets = new Set<Socket>();
  let frozen = false;
  let broken = false;
  const each = (action: (socket: Socket) => void): void => {
    for (const socket of sockets) action(socket);
  };
  const server = createServer((near) => {
    if (broken) {
      near.destroy();
      return;
    }
    const far = connect({ host: '127.0.0.1', port: targetPort });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (bytes) => to.write(bytes));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (frozen) from.pause();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    freeze() {
      frozen = true;
      each((socket) => socket.pause());
    },
    thaw() {
      frozen = false;
      each((socket) => socket.resume());
    },
    cut() {
      broken = true;
      each((socket) => socket.destroy());
    },
    mend() {
      broken = false;
    },
    close: () =>
      new Promise((resolve) => {
        each((socket) => socket.destroy());
        server.close(() => {
          resolve();
        });
      }),
  };
}
