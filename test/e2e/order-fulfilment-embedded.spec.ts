import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrkesClients, TaskManager, noopLogger, type ConductorWorker } from '@io-orkes/conductor-javascript';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  expectedOutput,
  orderInput,
  shopHandlers,
  startCarrier,
  taskDefs,
  workflows,
  type Carrier,
} from './order-shop.ts';
import { eventually, ServerProcess } from './server-process.ts';

const orders = 24;

describe("the order fulfilment of Conductor's own JavaScript SDK, on the embedded server", () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'partitura-e2e-'));
  const { handlers, runs } = shopHandlers();
  let server: ServerProcess;
  let carrier: Carrier;
  let clients: OrkesClients;
  let manager: TaskManager;

  beforeAll(async () => {
    carrier = await startCarrier();
    server = await ServerProcess.start('embedded', { PARTITURA_DATA_DIR: dataDir, PARTITURA_LOG_LEVEL: 'warn' });
    clients = await OrkesClients.from({ serverUrl: server.url });
    const metadata = clients.getMetadataClient();
    await metadata.registerTasks(taskDefs);
    for (const workflow of workflows) await metadata.registerWorkflowDef(workflow, true);
    const workers = Object.entries(handlers).map(([taskDefName, handler]): ConductorWorker => ({
      taskDefName,
      concurrency: 4,
      execute: async (task) => ({
        status: 'COMPLETED',
        outputData: handler(task.inputData ?? {}, { taskId: task.taskId ?? '', retryCount: task.retryCount ?? 0 }),
      }),
    }));
    manager = new TaskManager(clients.getClient(), workers, { logger: noopLogger, options: { pollInterval: 10 } });
    manager.startPolling();
  });

  afterAll(async () => {
    await manager.stopPolling();
    expect(await server.stop()).toBe(0);
    await carrier.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('ends every order as its customer chose, with failed card attempts tried again', async () => {
    const executor = clients.getWorkflowClient();
    const numbers = Array.from({ length: orders }, (_, i) => i);
    const ids = await Promise.all(
      numbers.map((number) =>
        executor.startWorkflow({
          name: 'order_fulfilment',
          input: orderInput(number, carrier.url),
          correlationId: `customer-${number % 4}`,
        }),
      ),
    );
    for (const number of numbers) {
      const id = ids[number]!;
      const run = await eventually(`order ${number} ends`, async () => {
        const found = await executor.getWorkflow(id, true);
        return found.status === 'RUNNING' ? undefined : found;
      });
      expect({ number, status: run.status, output: run.output }).toEqual({
        number,
        status: 'COMPLETED',
        output: expectedOutput(number),
      });
      const tasks = run.tasks ?? [];
      const outcomes = tasks.filter((task) => task.referenceTaskName === 'charge').map((task) => task.status);
      expect(outcomes).toEqual(number % 3 === 0 ? ['FAILED', 'COMPLETED'] : ['COMPLETED']);
      expect(tasks.map((task) => task.seq)).toEqual(tasks.map((_, i) => i + 1));
    }
    for (const count of runs.values()) expect(count).toBe(1);
  });

  it('finds the orders of one customer again', async () => {
    const found = await eventually('the search shows all orders', async () => {
      const result = await clients
        .getWorkflowClient()
        .search(
          0,
          100,
          'workflowType=order_fulfilment AND correlationId IN (customer-1) AND status=COMPLETED',
          '*',
          'startTime:ASC',
        );
      return result.totalHits === orders / 4 ? result : undefined;
    });
    expect(found.results?.every((summary) => summary.workflowType === 'order_fulfilment')).toBe(true);
  });

  it('keeps everything over a restart', async () => {
    const before = await fetch(`${server.url}/api/workflow/search?size=500&sort=workflowId:ASC`).then(
      async (response) => response.json(),
    );
    expect(await server.stop()).toBe(0);
    server = await ServerProcess.start('embedded again', {
      PARTITURA_DATA_DIR: dataDir,
      PARTITURA_LOG_LEVEL: 'warn',
      PARTITURA_PORT: new URL(server.url).port,
    });
    const after = await fetch(`${server.url}/api/workflow/search?size=500&sort=workflowId:ASC`).then(async (response) =>
      response.json(),
    );
    expect(after).toEqual(before);
    expect(
      await clients
        .getWorkflowClient()
        .startWorkflow({ name: 'order_fulfilment', input: orderInput(100, carrier.url) }),
    ).toMatch(/^[0-9a-f-]{36}$/);
  });
});
