import { describe, expect, it } from '@jest/globals';
import { parseJavaMajor } from './java.ts';

describe('the version of java', () => {
  it('is read from what it prints', () => {
    expect(parseJavaMajor('openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime')).toBe(17);
    expect(parseJavaMajor('openjdk version "21" 2023-09-19')).toBe(21);
  });
  it('is known for the old scheme too', () => {
    expect(parseJavaMajor('java version "1.8.0_402"')).toBe(8);
  });
  it('is unknown for anything else', () => {
    expect(parseJavaMajor('command not found')).toBeUndefined();
  });
});
