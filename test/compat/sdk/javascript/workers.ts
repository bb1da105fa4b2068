/**
 * The workers of all cases, run as a user runs them: decorated methods and the SDK's handler. Every setting that is not
 * the point of a case is the SDK's default.
 */
import {
  createConductorClient,
  getTaskContext,
  NonRetryableException,
  noopLogger,
  TaskHandler,
  worker,
  type Task,
} from '@io-orkes/conductor-javascript';

type Result = Promise<{ status: 'COMPLETED' | 'IN_PROGRESS'; outputData: Record<string, unknown> }>;
const completed = (outputData: Record<string, unknown>): Result => Promise.resolve({ status: 'COMPLETED', outputData });

export class Workers {
  @worker({ taskDefName: 'greet' })
  greet({ inputData }: Task): Result {
    return completed({ greeting: `Hello, ${String(inputData?.['name'])}` });
  }

  /** Fails as often as it is told to. */
  @worker({ taskDefName: 'falter' })
  falter({ inputData, retryCount = 0 }: Task): Result {
    if (inputData?.['terminal'] === true) throw new NonRetryableException('never');
    if (retryCount < Number(inputData?.['failures'] ?? 0)) throw new Error(`attempt ${retryCount} failed`);
    return completed({ attempt: retryCount });
  }

  /** Is not done at first, and says so in its log. */
  @worker({ taskDefName: 'ponder' })
  ponder({ pollCount = 0 }: Task): Result {
    getTaskContext()?.addLog(`call ${pollCount}`);
    if (pollCount >= 2) return completed({ calls: pollCount });
    getTaskContext()?.setCallbackAfter(1);
    return Promise.resolve({ status: 'IN_PROGRESS', callbackAfterSeconds: 1, outputData: { progress: 50 } });
  }

  /** Takes longer than its worker may be silent. */
  @worker({ taskDefName: 'toil', leaseExtendEnabled: true })
  async toil({ inputData, retryCount = 0 }: Task): Result {
    await new Promise((resolve) => setTimeout(resolve, Number(inputData?.['seconds']) * 1000));
    return completed({ retries: retryCount });
  }

  @worker({
    taskDefName: 'introduce',
    registerTaskDef: true,
    taskDef: {
      name: 'introduce',
      retryCount: 7,
      timeoutSeconds: 90,
      responseTimeoutSeconds: 45,
      totalTimeoutSeconds: 0,
    },
  })
  introduce({ inputData }: Task): Result {
    return completed({ introduction: `This is ${String(inputData?.['name'])}` });
  }

  @worker({ taskDefName: 'paint', domain: 'blue' })
  paint(): Result {
    return completed({ colour: 'blue' });
  }
}

const handler = new TaskHandler({ client: await createConductorClient(), scanForDecorated: true, logger: noopLogger });
await handler.startWorkers();
// Until whoever started us closes it, or dies.
process.stdin.resume().once('end', () => {
  void handler.stopWorkers().finally(() => process.exit());
});
