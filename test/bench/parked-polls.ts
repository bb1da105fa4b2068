// node test/dist/bench/parked-polls.js [--polls N] [--tasks N]
//
// What workers that wait cost: memory per parked poll, CPU for asking again, and how long the first of them takes to
// hear of a task, beside what it takes when nobody else waits.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { Conductor } from './load/conductor.ts';
import { percentile } from './report/figures.ts';
import { startEmbedded } from './system/started.ts';

const { values } = parseArgs({
  options: { polls: { type: 'string', default: '10000' }, tasks: { type: 'string', default: '100' } },
});
const waitMs = 5_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A worker with one connection that asks again whenever it was answered. */
class Poller {
  static readonly all = new Set<Poller>();
  /** Connections that broke: the figures are worth nothing then. */
  static broken = 0;
  /** Who heard of a task: the id of its run, and when. */
  static heard: (run: string, at: number) => void = () => undefined;
  readonly connected: Promise<unknown>;
  readonly #socket: Socket;
  readonly #request: string;
  #text = '';

  constructor(url: URL, worker: number) {
    this.#request = `GET /api/tasks/poll/batch/wait?workerid=w${worker}&count=1&timeout=${waitMs} HTTP/1.1\r\nHost: x\r\n\r\n`;
    this.#socket = connect(Number(url.port), url.hostname);
    this.#socket.setNoDelay(true);
    this.connected = once(this.#socket, 'connect');
    this.#socket.on('data', (data) => this.#take(data.toString('latin1')));
    this.#socket.on('error', () => (Poller.broken += 1));
    Poller.all.add(this);
  }

  ask(): void {
    this.#socket.write(this.#request);
  }

  close(): void {
    Poller.all.delete(this);
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#text += text;
    const begin = this.#text.indexOf('\r\n\r\n') + 4;
    const length = Number(/content-length: (\d+)/i.exec(this.#text)?.[1]);
    if (begin < 4 || this.#text.length < begin + length) return;
    const run = /"workflowInstanceId":"([^"]+)"/.exec(this.#text)?.[1];
    this.#text = '';
    if (run !== undefined) Poller.heard(run, performance.now());
    this.ask();
  }
}

/** How long from the start of a run, sent now, until some poller has its task; one run after the other. */
async function wakes(conductor: Conductor, count: number): Promise<number[]> {
  const took: number[] = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    const woken = new Promise<number>((resolve) => (Poller.heard = (_run, at) => resolve(at)));
    await conductor.call('POST', '/workflow', { name: 'wait', input: {} });
    took.push((await woken) - began);
    // Otherwise the next one would share the group commit of the last one's report.
    await pause(60);
  }
  return took.sort((a, b) => a - b);
}

const system = await startEmbedded({ readModel: true });
try {
  const conductor = new Conductor(system.api);
  const [server] = system.processes;
  if (server === undefined) throw new Error('no process');
  await conductor.call('PUT', '/metadata/workflow', [
    { name: 'wait', tasks: [{ name: 'wait', taskReferenceName: 'wait', type: 'SIMPLE' }], ownerEmail: 'a@b.c' },
  ]);
  const url = new URL(system.api);
  const [polls, tasks] = [Number(values.polls), Number(values.tasks)];
  const text = (list: number[]): string =>
    `p50 ${percentile(list, 0.5).toFixed(1)} ms, p99 ${percentile(list, 0.99).toFixed(1)} ms`;

  new Poller(url, 0).ask();
  await wakes(conductor, 20);
  console.log(`one poll parked: start of a run → its task is here ${text(await wakes(conductor, tasks))}`);

  const cpu = async (ms: number): Promise<number> => {
    const before = server.cpuMicros();
    await pause(ms);
    return (server.cpuMicros() - before) / (ms / 1_000) / 1_000;
  };
  const waiting = async (): Promise<number> => {
    const text = await (await fetch(new URL('/metrics', system.api))).text();
    return Number(/^partitura_polls_waiting (\d+)/m.exec(text)?.[1]);
  };
  const [quiet, rss] = [await cpu(2_000), server.residentMiB()];
  // In portions: the queue of connections that wait to be accepted holds some hundreds.
  for (let made = 1; made < polls; made += 200) {
    const portion = Array.from({ length: Math.min(200, polls - made) }, (_, i) => new Poller(url, made + i));
    await Promise.all(portion.map((poller) => poller.connected));
    for (const poller of portion) poller.ask();
  }
  // Those that came first ask again already; soon nearly all of them wait at any time.
  await pause(waitMs);
  console.log(
    `${await waiting()} polls parked: ${(((server.residentMiB() - rss) * 1024) / polls).toFixed(1)} KiB each`,
  );
  const renewing = await cpu(10_000);
  console.log(
    `CPU while each asks again every ${waitMs} ms: ${renewing.toFixed(0)} ms a second (${quiet.toFixed(0)} without them), ` +
      `${(((renewing - quiet) * 1_000 * (waitMs / 1_000)) / polls).toFixed(0)} µs a poll`,
  );
  console.log(`${polls} polls parked: start of a run → its task is here ${text(await wakes(conductor, tasks))}`);
  console.log(`${server.residentMiB().toFixed(0)} MiB resident, ${Poller.broken} connections broke`);
  for (const poller of Poller.all) poller.close();
  await pause(500);
} finally {
  await system.close();
}
process.exit(0);
