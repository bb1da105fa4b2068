import { readStartRequest, workflowText } from '@partitura/conductor-api';
import { workflowId } from '@partitura/model';
import type { FastifyInstance } from 'fastify';
import { sendJson } from '../http/answers.ts';
import { readMembers } from '../http/json-body.ts';
import { readMocks } from '../test-run/mocks.ts';
import { TestRun } from '../test-run/test-run.ts';
import { serve, type RouteContext } from './context.ts';
import { currentDefinitions } from './definitions.ts';
import { checkedStart } from './workflow-start.ts';

/** Trying a definition with said outputs: the engine runs in memory and leaves no trace. */
export function workflowTestRoutes(app: FastifyInstance, context: RouteContext): void {
  const { definitions, taskKinds, clock, freshId } = context.ports;

  serve(app, 'testWorkflow', async ({ body, reply }) => {
    const members = readMembers(body);
    const start = checkedStart(readStartRequest(members, 'testWorkflow'), context, 'testWorkflow');
    const mocks = readMocks(
      Object.fromEntries(
        ['taskRefToMockOutput', 'subWorkflowTestRequest'].flatMap((name) => {
          const member = members.get(name);
          return member === undefined ? [] : [[name, member.value]];
        }),
      ),
    );
    await currentDefinitions(context, reply);
    const run = new TestRun(taskKinds, definitions, clock.now()).run(
      workflowId(freshId()),
      // As Conductor shows it: a domain of its own that no worker polls.
      { ...start, taskToDomain: { '*': freshId() }, replyWhenEnded: false },
      mocks,
    );
    return sendJson(reply, workflowText(run, context.rendering()));
  });
}
