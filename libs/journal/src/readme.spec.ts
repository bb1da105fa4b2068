import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { alarmAdvice, alarmCodes } from './observer.ts';

describe('the README', () => {
  it('says what to do about every alarm, and about no other', async () => {
    const text = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const table = text.slice(text.indexOf('## Alarms'), text.indexOf('## Measuring'));
    const rows = [...table.matchAll(/^\| ([A-Z_]+) +\| (.*?) +\|$/gm)].map(([, code, advice]) => [code, advice]);
    expect(Object.fromEntries(rows)).toEqual(alarmAdvice);
    expect(rows.map(([code]) => code).toSorted()).toEqual(Object.keys(alarmCodes).toSorted());
  });
});
