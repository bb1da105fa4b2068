import { describe, expect, it } from '@jest/globals';
import { Company } from './company.ts';

/** Polls that leave at once, each with a task that comes `gapMs` later. */
function leaving(company: Company, times: number, gapMs: number, from = 0): void {
  for (let i = 0; i < times; i++) {
    company.left(from + i * 10);
    company.came(from + i * 10 + gapMs);
  }
}

describe('company of a task', () => {
  it('is not expected while tasks come rarely', () => {
    const company = new Company();
    leaving(company, 20, 2);
    expect(company.expected).toBe(false);
  });

  it('is expected once polls have missed what came right after them three times in a row', () => {
    const company = new Company();
    leaving(company, 2, 0.5);
    expect(company.expected).toBe(false);
    leaving(company, 1, 5, 20);
    leaving(company, 2, 0.5, 30);
    expect(company.expected).toBe(false);
    leaving(company, 1, 0.5, 50);
    expect(company.expected).toBe(true);
  });

  it('counts what comes after a poll once, however much it is', () => {
    const company = new Company();
    company.left(0);
    for (let i = 0; i < 5; i++) company.came(0.1);
    expect(company.expected).toBe(false);
  });

  it('is not expected any more once a poll has waited in vain', () => {
    const company = new Company();
    leaving(company, 3, 0);
    company.waited(true);
    expect(company.expected).toBe(true);
    company.waited(false);
    expect(company.expected).toBe(false);
    leaving(company, 2, 0, 100);
    expect(company.expected).toBe(false);
  });
});
