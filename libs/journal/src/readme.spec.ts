import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { alarmCodes } from './observer.ts';

describe('the README', () => {
  it('says what to do about every alarm, and about no other', async () => {
    const text = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const table = text.slice(text.indexOf('## Alarms'), text.indexOf('## Measuring'));
    const named = [...table.matchAll(/^\| ([A-Z_]+) +\|/gm)].map(([, code]) => code);
    expect(named.toSorted()).toEqual(Object.keys(alarmCodes).toSorted());
  });
});
