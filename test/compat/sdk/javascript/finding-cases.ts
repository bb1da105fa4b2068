import { simpleTask, type Workflow } from '@io-orkes/conductor-javascript';
import assert from 'node:assert/strict';
import { COMPLETED, eventually, manual, refusal, type Cases } from './flows.ts';

interface Summaries {
  readonly totalHits?: number;
  readonly results?: readonly { readonly workflowId?: string; readonly workflowType?: string }[];
}

const idsOf = (runs: readonly { readonly workflowId?: string }[] = []) =>
  runs.map(({ workflowId }) => workflowId).sort();

/** Searches and short reads. Lists are as fresh as the read model, so they are asked until they show what was done. */
export const findingCases: Cases = {
  async runs_are_searched(clients) {
    const search = (query: string, start = 0, size = 100, sort = '', freeText = '*') =>
      clients.workflows.search(start, size, query, freeText, sort) as Promise<Summaries>;
    const found = (query: string, expected: number) =>
      eventually(async () => {
        const answer = await search(query);
        return answer.totalHits === expected ? answer : undefined;
      });
    await clients.registered('searched', [manual('one')]);
    const began = Date.now() - 1;
    const ids: string[] = [];
    for (let n = 0; n < 6; n++)
      ids.push(await clients.start('searched', {}, { correlationId: `search-${n % 2}`, priority: n }));
    for (const id of ids.slice(0, 4)) await clients.report(id, 'one');
    const running = await found('workflowType=searched AND status=RUNNING', 2);
    assert.deepEqual(idsOf(running.results), ids.slice(4).sort());
    await found('workflowType IN (searched,nothing) AND status IN (COMPLETED,FAILED)', 4);
    await found('workflowType=searched AND correlationId=search-1', 3);
    await found(`workflowType=searched AND startTime>${began}`, 6);
    await found(`workflowType=searched AND startTime<${began}`, 0);
    const all = 'workflowType=searched';
    assert.deepEqual(idsOf((await search(all, 2, 3, 'startTime:ASC')).results), ids.slice(2, 5).sort());
    assert.deepEqual(idsOf((await search(all, 0, 2, 'startTime:DESC')).results), ids.slice(4).sort());
    assert.deepEqual(idsOf((await search(all, 0, 9, '', ids[0])).results), [ids[0]]);
    await refusal(/noSuchField/, search('noSuchField=1'));
  },

  async tasks_are_searched(clients) {
    const search = (query: string) =>
      eventually(async () => {
        const answer = await clients.tasks.search(0, 10, '', '*', query);
        return answer.totalHits === 1 ? answer.results?.[0] : undefined;
      });
    await clients.registered('tasks_searched', [simpleTask('one', 'searched_task', {})]);
    const id = await clients.start('tasks_searched');
    const { taskId } = await clients.openTask(id, 'one');
    assert.equal((await search('taskType=searched_task AND status=SCHEDULED')).taskId, taskId);
    await clients.report(id, 'one');
    const { workflowId, taskDefName } = await search('taskType=searched_task AND status=COMPLETED');
    assert.deepEqual([workflowId, taskDefName], [id, 'searched_task']);
  },

  async runs_are_found_by_correlation(clients) {
    for (const name of ['correlated', 'correlated_too']) await clients.registered(name, [manual('one')]);
    const start = (name: string, correlationId: string) => clients.start(name, {}, { correlationId });
    const done = await start('correlated', 'customer-1');
    await clients.report(done, 'one');
    await clients.ended(done);
    const open = await start('correlated', 'customer-1');
    const second = await start('correlated', 'customer-2');
    const other = await start('correlated_too', 'customer-1');
    const found = async (workflowNames: string[], closed: boolean, expected: (string | undefined)[][]) => {
      const correlationIds = ['customer-1', 'customer-2', 'customer-3'];
      const request = { workflowNames, correlationIds };
      const wanted = JSON.stringify(expected.map((ids) => [...ids].sort()));
      return eventually(async () => {
        const answer: Record<string, Workflow[]> = await clients.workflows.getByCorrelationIds(request, closed, true);
        return JSON.stringify(correlationIds.map((id) => idsOf(answer[id]))) === wanted ? answer : undefined;
      });
    };
    const answer = await found(['correlated'], false, [[open], [second], []]);
    assert.equal(answer['customer-2']?.[0]?.tasks?.[0]?.referenceTaskName, 'one');
    await found(['correlated'], true, [[open, done], [second], []]);
    await found(['correlated', 'correlated_too'], false, [[open, other], [second], []]);
  },

  async status_is_short(clients) {
    await clients.registered('status', [manual('one')], (flow) => flow.variables({ colour: 'red' }));
    const id = await clients.start('status', {}, { correlationId: 'short' });
    await clients.report(id, 'one', COMPLETED, { n: 1 });
    await clients.ended(id);
    const status = await clients.workflows.getWorkflowStatus(id, false, false);
    assert.deepEqual([status.workflowId, status.status, status.correlationId], [id, 'COMPLETED', 'short']);
    assert.deepEqual(status.output ?? {}, {});
    const full = await clients.workflows.getWorkflowStatus(id, true, true);
    assert.deepEqual([full.output, full.variables], [{ n: 1 }, { colour: 'red' }]);
    assert.deepEqual((await clients.workflows.getWorkflow(id, false)).tasks, []);
    await refusal(/No such workflow/, clients.workflows.getWorkflowStatus('no-such-workflow', false, false));
  },
};
