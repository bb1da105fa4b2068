import { describe, expect, it } from '@jest/globals';
import { taskId, workflowId } from '@partitura/model';
import { HeldReports } from './held-reports.ts';
import type { StartedReport } from './started-reports.ts';

const started = (id: string, run = 'w'): StartedReport => ({
  workflowId: workflowId(run),
  taskId: taskId(id),
  dispatch: 1,
  workerId: 'w1',
  principal: 'p1',
  at: 5,
});

function world() {
  let now = 0;
  let later: { at: number; task: () => void }[] = [];
  const sent: string[] = [];
  const reports = new HeldReports(
    {
      report: ({ taskId: id }) => Promise.resolve(sent.push(id)).then(() => 'reported'),
      ask: ({ taskId: id }) => Promise.resolve(sent.push(`asked ${id}`) > 0),
    },
    {
      now: () => now,
      monotonic: () => now,
      after: (ms, task) => {
        const entry = { at: now + ms, task };
        later.push(entry);
        return () => (later = later.filter((one) => one !== entry));
      },
    },
  );
  const pass = (ms: number): void => {
    now += ms;
    for (const { at, task } of later.splice(0)) {
      if (at <= now) task();
      else later.push({ at, task });
    }
  };
  return { reports, sent, pass };
}

const outcome = (promise: Promise<string>): string[] => {
  const seen: string[] = [];
  void promise.then(
    (what) => seen.push(what),
    () => seen.push('failed'),
  );
  return seen;
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('reports of hand-outs', () => {
  it('go by themselves when no result comes for a moment, each in its time', async () => {
    const { reports, sent, pass } = world();
    const a = outcome(reports.report(started('a')));
    pass(45);
    void reports.report(started('b'));
    expect(sent).toEqual([]);
    pass(5);
    await turn();
    expect([sent, a]).toEqual([['a'], ['reported']]);
    pass(45);
    expect(sent).toEqual(['a', 'b']);
  });

  it('go with the result that comes before, and count as done when that is recorded', async () => {
    const { reports, sent, pass } = world();
    const a = outcome(reports.report(started('a')));
    const taken = reports.take(taskId('a'));
    expect(taken?.begun).toEqual({ dispatch: 1, workerId: 'w1', at: 5 });
    expect(taken?.principal).toBe('p1');
    expect(reports.take(taskId('a'))).toBeUndefined();
    pass(100);
    await turn();
    expect([sent, a]).toEqual([[], []]);
    taken?.recorded();
    await turn();
    expect([sent, a]).toEqual([[], ['reported']]);
  });

  it('go by themselves when nobody knows what became of the result', async () => {
    const { reports, sent } = world();
    const a = outcome(reports.report(started('a')));
    reports.take(taskId('a'))?.release();
    await turn();
    expect([sent, a]).toEqual([['a'], ['reported']]);
  });

  it('are asked for before their run is read, those of other runs are not', async () => {
    const { reports, sent, pass } = world();
    const a = outcome(reports.report(started('a')));
    void reports.report(started('b', 'other'));
    await reports.flush(workflowId('w'));
    expect([sent, a]).toEqual([['asked a'], ['reported']]);
    pass(50);
    expect(sent).toEqual(['asked a', 'b']);
  });

  it('are dropped when the task never arrived and nobody was told yet; later they stand', async () => {
    const { reports, sent, pass } = world();
    const [a, b] = [outcome(reports.report(started('a'))), outcome(reports.report(started('b')))];
    reports.undelivered(taskId('a'));
    pass(50);
    reports.undelivered(taskId('b'));
    await turn();
    expect([sent, a, b]).toEqual([['b'], ['undelivered'], ['reported']]);
    expect(reports.take(taskId('a'))).toBeUndefined();
  });

  it('leave before this process does', () => {
    const { reports, sent } = world();
    void reports.report(started('a'));
    reports.close();
    void reports.report(started('b'));
    expect(sent).toEqual(['a', 'b']);
  });
});
