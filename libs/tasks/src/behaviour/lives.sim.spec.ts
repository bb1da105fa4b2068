import { describe, expect, it } from '@jest/globals';
import { allKinds } from '../registry.ts';
import { playLives } from '../testing/lives/play.ts';

/** How many lives, and from which seed on: `PARTITURA_LIVES=1000000 PARTITURA_LIVES_FROM=10000` for a long night. */
const count = Number(process.env['PARTITURA_LIVES'] ?? 10_000);
const from = Number(process.env['PARTITURA_LIVES_FROM'] ?? 0);

/** Lives that have not met these prove little about them. */
const expected = [
  ...['COMPLETED', 'FAILED', 'TERMINATED', 'TIMED_OUT'].map((status) => `ended: ${status}`),
  ...['COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'FAILED_WITH_TERMINAL_ERROR', 'TIMED_OUT', 'CANCELED'].map(
    (status) => `task: ${status}`,
  ),
  ...['TaskReopened', 'TaskRerun', 'TasksRemoved', 'TaskLeaseExtended', 'WorkPostponed', 'RevivalRefused'].map(
    (type) => `event: ${type}`,
  ),
  ...allKinds.map(({ type }) => `kind: ${type}`),
  ...['Pause', 'Resume', 'Terminate', 'Retry', 'Restart', 'Rerun', 'Remove'].map((word) => `${word}Workflow: accepted`),
  ...['SkipTask', 'JumpToTask', 'SetVariables', 'ResetCallbacks', 'AddTaskLogs'].map((type) => `${type}: accepted`),
  ...['Undeliverable', 'Quarantine', 'ChildRevived', 'ChildEnded'].map((type) => `${type}: accepted`),
  'again: repeated',
  'again: rejected',
];

describe('random workflows with random workers and operators', () => {
  it(
    `hold what must hold of all (${count} lives from seed ${from})`,
    () => {
      const met = playLives(count, from);
      if (process.env['PARTITURA_LIVES'] !== undefined) console.log(tableOf(met));
      if (count >= 1_000) expect(expected.filter((what) => !met.has(what))).toEqual([]);
    },
    count * 1_000,
  );
});

const tableOf = (met: ReadonlyMap<string, number>): string =>
  [...met]
    .sort()
    .map(([what, times]) => `${String(times).padStart(9)} ${what}`)
    .join('\n');
