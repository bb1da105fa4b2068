import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPlugIns } from './load-plug-ins.ts';

const shout = fileURLToPath(new URL('../../../deploy/examples/plug-ins/shout/shout.mjs', import.meta.url));

describe('plug-ins that add task kinds', () => {
  it('are found by their paths; what they bring stands beside what the product has', async () => {
    const { taskKinds, loaded } = await loadPlugIns([shout]);
    expect(taskKinds.byType.get('SHOUT')?.check?.({ name: 'x', inputParameters: {} } as never)).toHaveLength(1);
    expect(taskKinds.byType.has('DO_WHILE')).toBe(true);
    expect(loaded[0]?.executors?.({} as never).map(({ type }) => type)).toEqual(['TELL_TIME']);
  });

  it('are refused, all at once, when there is no such module or it is none', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'plug-ins-'));
    const path = join(directory, 'empty.mjs');
    writeFileSync(path, 'export const plugIn = { kinds: [{ type: "no good" }] };\n');
    try {
      await expect(loadPlugIns([path, './nowhere.mjs'])).rejects.toMatchObject({
        problems: [
          expect.stringContaining('exports no plugIn'),
          expect.stringContaining('./nowhere.mjs of PARTITURA_TASK_KINDS cannot be loaded'),
        ],
      });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('cannot take the place of a kind of the product', async () => {
    await expect(loadPlugIns([shout, shout])).rejects.toThrow('there is a task kind SHOUT already');
  });
});
