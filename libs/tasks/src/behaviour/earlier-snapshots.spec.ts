import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { workflowDecider, type WorkflowState } from '@partitura/engine';
import { taskKinds } from '../task-kinds.ts';

/** As builds wrote them that know no later form. */
interface Recorded {
  readonly version: number;
  readonly of: string;
  readonly bytes: string;
}
const recorded = JSON.parse(
  readFileSync(new URL('./earlier-snapshots.json', import.meta.url), 'utf8'),
) as readonly Recorded[];
const decider = workflowDecider(taskKinds);

function shown(state: WorkflowState): unknown {
  if (state.phase === 'absent' || state.phase === 'refused') return state.phase;
  const { id, phase, start, tasks } = state;
  const lines = tasks.bySeq.toArray().map((task) => {
    const { plan, status, output } = task ?? { plan: undefined, status: 'gone', output: undefined };
    return [plan?.referenceName, status, JSON.stringify(output?.value), ...(plan?.join?.on ?? [])].join(' ');
  });
  return [id, phase, start.parent, ...lines];
}

const child = 'ce28993e-9614-817c-9581-489f1865e4a2';
const names = ['_a_0', '_a_1', '_a_2', '_a_3', '_a_4'];
const expected = [
  [child, 'running', { workflowId: 'run-1', taskId: 'run-1~0.1.2' }, 'a1 SCHEDULED {}'],
  [
    'run-1',
    'running',
    undefined,
    'f COMPLETED {}',
    `s1 IN_PROGRESS {"subWorkflowId":"${child}"}`,
    'c1 SCHEDULED {}',
    'j1 IN_PROGRESS {} s1 c1',
  ],
  [
    'run-2',
    'running',
    undefined,
    'fd COMPLETED {}',
    ...names.map((name) => (name === '_a_1' ? '_a_1 COMPLETED {"v":"x"}' : `${name} SCHEDULED {}`)),
    `j1 IN_PROGRESS {} ${names.join(' ')}`,
  ],
];

describe('a snapshot that an earlier build wrote', () => {
  it.each(recorded.map((one, i) => [one.version, one.of, one.bytes, expected[i]] as const))(
    'in form %i is read: %s',
    (version, _of, bytes, what) => {
      const state = decider.decodeState(version, Buffer.from(bytes, 'base64'));
      expect(shown(state)).toEqual(what);
      expect(decider.decodeState(decider.stateVersion, decider.encodeState(state))).toEqual(state);
    },
  );

  it('in a form that nobody has written any more is refused', () => {
    expect(() => decider.decodeState(1, Buffer.from(recorded[0]?.bytes ?? '', 'base64'))).toThrow('unknown version 1');
  });
});
