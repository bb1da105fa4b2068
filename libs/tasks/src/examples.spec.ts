import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readWorkflowDef } from '@partitura/engine';
import type { JsonObject } from '@partitura/model';
import { allKinds } from './registry.ts';
import { taskKinds } from './task-kinds.ts';
import { Definitions } from './testing/definitions.ts';
import { Scenario } from './testing/scenario.ts';

const here = new URL('./', import.meta.url);
const folders = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/${entry.name}.task.ts`, here)))
  .map(({ name }) => name);

describe('the folder of a task kind', () => {
  it.each(folders)('holds an example that is valid and ends: %s', (folder) => {
    const example = JSON.parse(readFileSync(new URL(`${folder}/${folder}.example.json`, here), 'utf8')) as JsonObject;
    const surroundings = { kinds: taskKinds, definitions: new Definitions() };
    const { definition: def, problems } = readWorkflowDef(example, surroundings);
    expect(problems).toEqual([]);

    const scenario = new Scenario({ workflows: [example] });
    const run = scenario.start(def.name, { who: 'you', uri: 'http://x/', size: 'large' });
    for (let i = 0; i < 10 && run.status === 'RUNNING'; i++) {
      const waiting = run.seen.tasks.find(({ status, type }) => status === 'SCHEDULED' || type === 'HUMAN');
      if (waiting === undefined) scenario.advance(10_000);
      else run.complete(waiting.ref, { greeting: 'hello' });
    }
    expect(run.status).toBe('COMPLETED');
  });

  it('is in the registry under its type', () => {
    expect(allKinds).toHaveLength(folders.length);
    expect(new Set(allKinds.map(({ type }) => type)).size).toBe(allKinds.length);
  });
});
