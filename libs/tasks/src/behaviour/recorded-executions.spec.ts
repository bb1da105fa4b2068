import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { playExecution, type RecordedExecution } from '../testing/recorded-execution.ts';

interface Recording {
  readonly executions: readonly RecordedExecution[];
  /** Executions with task kinds or operations that do not exist yet. */
  readonly later: readonly string[];
}

const { executions, later } = JSON.parse(
  readFileSync(new URL('../../../../schemas/golden/conductor/executions.json', import.meta.url), 'utf8'),
) as Recording;

describe('an execution recorded from Conductor', () => {
  it.each(executions.map((execution) => [execution.name, execution] as const))(
    'ends as recorded: %s',
    (_, execution) => {
      expect(playExecution(execution)).toEqual([]);
    },
  );

  for (const name of later) it.todo(`ends as recorded, once its kinds and operations exist: ${name}`);
});
