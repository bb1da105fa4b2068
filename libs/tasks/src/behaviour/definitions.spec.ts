import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  normalizeTaskDef,
  normalizeWorkflowDef,
  readWorkflowDef,
  validateTaskDef,
  type Problem,
} from '@partitura/engine';
import type { Json } from '@partitura/model';
import { taskKinds } from '../task-kinds.ts';
import { Definitions } from '../testing/definitions.ts';

interface Recorded {
  readonly name: string;
  readonly status: number;
  readonly definition: Json;
  readonly problems: readonly Problem[];
}
interface Stored {
  readonly name: string;
  readonly kind: 'task' | 'workflow';
  readonly sent: Json;
  readonly stored: Record<string, unknown>;
}

const golden = <T>(file: string): readonly T[] =>
  JSON.parse(
    readFileSync(new URL(`../../../../schemas/golden/conductor/${file}`, import.meta.url), 'utf8'),
  ) as readonly T[];

/** Conductor does not order its list. */
const sorted = (problems: readonly Problem[]): readonly string[] => problems.map((p) => JSON.stringify(p)).sort();

const problemsOfWorkflow = (raw: Json): readonly Problem[] =>
  readWorkflowDef(raw, { kinds: taskKinds, definitions: new Definitions() }).problems;

const problemsOfTask = (raw: Json): readonly Problem[] => {
  const problems: Problem[] = [];
  const def = normalizeTaskDef(raw, '', problems);
  return problems.length > 0 ? problems : validateTaskDef(def);
};

/** The original finds out when it runs them. */
const programsThatDoNotParse = new Set(['type-inline-bad-javascript', 'type-switch-bad-javascript']);

describe('a workflow definition', () => {
  const recorded = golden<Recorded>('workflow-definitions.json');

  it.each(recorded.filter(({ name }) => !programsThatDoNotParse.has(name)).map((each) => [each.name, each] as const))(
    'is judged as recorded: %s',
    (_name, { status, definition, problems }) => {
      const found = problemsOfWorkflow(definition);
      if (status === 400) expect(sorted(found)).toEqual(sorted(problems));
      else if (status === 200) expect(found).toEqual([]);
      // What made the original stumble (500) is refused with a problem of our own.
      else expect(found.length).toBeGreaterThan(0);
    },
  );

  it.each(recorded.filter(({ name }) => programsThatDoNotParse.has(name)).map((each) => [each.name, each] as const))(
    'is refused when a program in it does not parse: %s',
    (_name, { definition }) => {
      expect(problemsOfWorkflow(definition)).toEqual([
        { path: 'tasks[0]', message: expect.stringContaining('Expression is not well formatted: SyntaxError') },
      ]);
    },
  );

  it('is refused when it is too deep or too large', () => {
    let nested: Json = { name: 'a', taskReferenceName: 'a' };
    for (let i = 0; i < 60; i++) {
      nested = {
        name: `l${i}`,
        taskReferenceName: `l${i}`,
        type: 'DO_WHILE',
        loopCondition: 'true',
        loopOver: [nested],
      };
    }
    expect(problemsOfWorkflow({ name: 'w', tasks: [nested] })[0]?.message).toMatch(/nested at most 50 levels/);
    const many = Array.from({ length: 10_001 }, (_, i) => ({ name: 'a', taskReferenceName: `a${i}` }));
    expect(problemsOfWorkflow({ name: 'w', tasks: many })[0]?.message).toMatch(/at most 10000 tasks/);
  });

  it('with values of wrong types names each of them', () => {
    const found = problemsOfWorkflow({
      name: {},
      version: 'x',
      tasks: 7,
      restartable: 'perhaps',
      timeoutPolicy: 'RETRY',
    });
    expect(found.map(({ path }) => path).sort()).toEqual(['name', 'restartable', 'tasks', 'timeoutPolicy', 'version']);
  });
});

describe('a task definition', () => {
  it.each(golden<Recorded>('task-definitions.json').map((each) => [each.name, each] as const))(
    'is judged as recorded: %s',
    (_name, { status, definition, problems }) => {
      const found = problemsOfTask(definition);
      if (status === 400) expect(sorted(found)).toEqual(sorted(problems));
      else if (status === 200) expect(found).toEqual([]);
      else expect(found.length).toBeGreaterThan(0);
    },
  );
});

describe('a stored definition', () => {
  const dates = ['createTime', 'updateTime', 'createdBy', 'updatedBy'];
  const undated = (object: object): unknown =>
    Object.fromEntries(Object.entries(object).filter(([key]) => !dates.includes(key)));

  it.each(golden<Stored>('stored-definitions.json').map((each) => [each.kind, each.name, each] as const))(
    'has every default that Conductor shows: %s %s',
    (kind, _name, { sent, stored }) => {
      const normalize = kind === 'task' ? normalizeTaskDef : normalizeWorkflowDef;
      expect(undated(normalize(sent, '', []))).toEqual(undated(stored));
    },
  );

  it('is a fixed point: reading it again changes nothing', () => {
    // Conductor forgets lists and objects that were sent as null; reading again gives them their defaults.
    const stored = golden<Stored>('stored-definitions.json').filter(({ name }) => name !== 'get-coerced');
    for (const { kind, sent } of stored) {
      const normalize = kind === 'task' ? normalizeTaskDef : normalizeWorkflowDef;
      const once = normalize(sent, '', []);
      expect(normalize(once as unknown as Json, '', [])).toEqual(once);
    }
  });
});
