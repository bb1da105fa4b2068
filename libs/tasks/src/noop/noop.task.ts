import type { TaskKind } from '@partitura/engine';
import { Payload } from '@partitura/model';
import { systemTask } from '../traits.ts';

/** Does nothing. */
export const noopTask: TaskKind<undefined> = {
  type: 'NOOP',
  traits: systemTask,
  parse: () => undefined,
  enter: () => ({ as: 'running', input: Payload.empty }),
  wake: () => [{ do: 'finish', status: 'COMPLETED', output: Payload.empty }],
};
