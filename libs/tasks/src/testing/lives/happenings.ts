import type { Seeded } from './seeded.ts';

/** Something that happens; the number chooses whatever fits at that time. */
export interface Step {
  readonly what: Happening;
  readonly which: number;
}

const workers = [
  ...['poll', 'poll', 'poll', 'complete', 'complete', 'complete', 'complete', 'fail', 'fail', 'give up', 'cancel'],
  ...['progress', 'lease', 'logs', 'undeliverable', 'again', 'again'],
] as const;
const systems = ['answer', 'answer', 'answer', 'answer'] as const;
const revivals = ['retry', 'retry', 'restart', 'start again', 'rerun', 'rerun from', 'rerun from'] as const;
const operators = [
  ...['pause', 'resume', 'resume', 'terminate', 'skip', 'jump', 'set variables', 'reset callbacks'],
  ...['remove', 'quarantine', ...revivals],
] as const;
const happenings = [...workers, ...systems, ...operators, 'pass', 'pass', 'pass'] as const;

export type Operated = (typeof operators)[number];
export type Happening = (typeof happenings)[number];

export const isOperated = (what: Happening): what is Operated => (operators as readonly string[]).includes(what);

/** Whether it is for runs that have ended. */
export const isRevival = (what: Happening): boolean => (revivals as readonly string[]).includes(what);

export const randomSteps = (seeded: Seeded): readonly Step[] =>
  seeded.list(40, () => ({ what: seeded.pick(happenings), which: seeded.int(1_000_000) }));
