// node test/dist/bench/parked-polls.js [--polls N] [--tasks N]
//
// What workers that wait cost: memory per parked poll, CPU while nothing happens, and how long the first of them takes to
// hear of a task, beside what it takes when nobody else waits.
import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { Api, percentile } from './load.ts';
import { startEmbedded } from './system-under-test.ts';

const { values } = parseArgs({
  options: { polls: { type: 'string', default: '10000' }, tasks: { type: 'string', default: '100' } },
});
const waitMs = 5_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A worker with one connection that asks again whenever it was answered. */
class Poller {
  static readonly all = new Set<Poller>();
  /** Who heard of a task: the id of its run, and when. */
  static heard: (run: string, at: number) => void = () => undefined;
  readonly #socket: Socket;
  readonly #request: string;
  #text = '';

  constructor(url: URL, worker: number) {
    this.#request = `GET /api/tasks/poll/batch/wait?workerid=w${worker}&count=1&timeout=${waitMs} HTTP/1.1\r\nHost: x\r\n\r\n`;
    this.#socket = connect(Number(url.port), url.hostname);
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (data) => this.#take(data.toString('latin1')));
    this.#socket.on('error', (error) => {
      throw error;
    });
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
async function wakes(api: Api, count: number): Promise<number[]> {
  const took: number[] = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    const woken = new Promise<number>((resolve) => (Poller.heard = (_run, at) => resolve(at)));
    await api.call('POST', '/workflow', { name: 'wait', input: {} });
    took.push((await woken) - began);
    // Otherwise the next one would share the group commit of the last one's report.
    await pause(60);
  }
  return took.sort((a, b) => a - b);
}

const system = await startEmbedded();
try {
  const api = new Api(system.api);
  const [server] = system.processes;
  if (server === undefined) throw new Error('no process');
  await api.call('PUT', '/metadata/workflow', [
    { name: 'wait', tasks: [{ name: 'wait', taskReferenceName: 'wait', type: 'SIMPLE' }], ownerEmail: 'a@b.c' },
  ]);
  const url = new URL(system.api);
  const [polls, tasks] = [Number(values.polls), Number(values.tasks)];
  const text = (list: number[]): string =>
    `p50 ${percentile(list, 50).toFixed(1)} ms, p99 ${percentile(list, 99).toFixed(1)} ms`;

  new Poller(url, 0).ask();
  await wakes(api, 20);
  console.log(`one poll parked: start of a run → its task is here ${text(await wakes(api, tasks))}`);

  const cpu = async (ms: number): Promise<number> => {
    const before = server.cpuMicros();
    await pause(ms);
    return (server.cpuMicros() - before) / (ms / 1_000) / 1_000;
  };
  const [quiet, rss] = [await cpu(2_000), server.residentMiB()];
  const more = Array.from({ length: polls - 1 }, (_, i) => new Poller(url, i + 1));
  await pause(2_000);
  const connected = server.residentMiB();
  for (const poller of more) poller.ask();
  await pause(1_500);
  const parked = server.residentMiB();
  console.log(
    `${polls} polls parked: ${(((parked - rss) * 1024) / polls).toFixed(1)} KiB each, ` +
      `${(((connected - rss) * 1024) / polls).toFixed(1)} of them the connection`,
  );
  console.log(`CPU while all wait: ${(await cpu(1_500)).toFixed(1)} ms a second; ${quiet.toFixed(1)} without them`);
  const renewing = await cpu(10_000);
  console.log(
    `CPU while each asks again every ${waitMs} ms: ${renewing.toFixed(0)} ms a second, ` +
      `${(((renewing - quiet) * 1_000 * (waitMs / 1_000)) / polls).toFixed(0)} µs a poll`,
  );
  console.log(`${polls} polls parked: start of a run → its task is here ${text(await wakes(api, tasks))}`);
  console.log(`after ${server.residentMiB().toFixed(0)} MiB resident`);
  for (const poller of Poller.all) poller.close();
  await pause(500);
} finally {
  await system.close();
}
process.exit(0);
