import { describe, expect, it } from '@jest/globals';
import { Payload } from '@partitura/model';
import { atOf, completed, ended, entryOf, offsetOf, scheduled, started, taskOf } from '../spec/entries.ts';
import { FoldedRuns } from './folded-runs.ts';

const task = taskOf('w', 0);
const definition = { name: 'checkout', version: 2, tasks: [{ name: 'a', taskReferenceName: 'a1', type: 'SIMPLE' }] };

describe('a run whose whole history is at hand', () => {
  it('is shown as the read model shows it', () => {
    const runs = new FoldedRuns(3);
    const pinned = Payload.of({ workflow: definition });
    runs.apply(entryOf('w', 0, [started({ definition: pinned }), scheduled(task)]), offsetOf(0));
    runs.apply(entryOf('w', 1, [completed(task), ended()]), offsetOf(1));
    const view = runs.view('w');
    expect(view).toMatchObject({
      workflowId: 'w',
      status: 'COMPLETED',
      partition: 3,
      offset: offsetOf(1),
      createTime: atOf(0),
      endTime: atOf(1),
      tasks: [{ taskId: task, status: 'COMPLETED', endTime: atOf(1) }],
    });
    expect([view?.definition.value, view?.tasks[0]?.workflowTask.value]).toEqual([definition, definition.tasks[0]]);
  });

  it('takes its definition from elsewhere when no entry carried it', () => {
    const runs = new FoldedRuns();
    runs.apply(entryOf('w', 0, [started()]), 0);
    expect(runs.view('w', (hash) => Payload.of({ is: hash }))?.definition.value).toEqual({ is: 'hash' });
  });

  it('is none before its start', () => {
    const runs = new FoldedRuns();
    runs.apply(entryOf('w', 1, [completed(task)]), 1);
    expect([runs.view('w'), runs.view('other')]).toEqual([undefined, undefined]);
  });
});
