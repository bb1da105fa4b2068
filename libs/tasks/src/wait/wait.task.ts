import type { TaskKind } from '@partitura/engine';
import { textOf } from '@partitura/expressions';
import { Payload, type Json } from '@partitura/model';
import { systemTask } from '../traits.ts';
import { durationMs } from './duration.ts';
import { momentOf } from './moment.ts';

const both = "Both 'duration' and 'until' specified. Please provide only one input";

/** Waits for a duration, until a moment, or until somebody completes it. */
export const waitTask: TaskKind<undefined> = {
  type: 'WAIT',
  traits: systemTask,
  check({ inputParameters }) {
    const { duration, until } = (inputParameters as typeof inputParameters | undefined) ?? {};
    if (isGiven(duration) && isGiven(until)) return [both];
    if (isGiven(duration) && !isTemplate(duration) && durationMs(textOf(duration)) === undefined) {
      return ['Either date or duration is passed as null '];
    }
    if (isGiven(until) && !isTemplate(until) && momentOf(textOf(until)) === undefined) return ['Unable to parse date '];
    return [];
  },
  parse: () => undefined,
  enter(step) {
    const input = step.input();
    const { duration, until } = input.object;
    const invalid = (reason: string) =>
      ({ as: 'ended', status: 'FAILED_WITH_TERMINAL_ERROR', input, output: Payload.empty, reason }) as const;

    if (isGiven(duration) && isGiven(until)) return invalid(both);
    if (isGiven(duration)) {
      const ms = durationMs(textOf(duration));
      if (ms === undefined) return invalid(`Invalid wait duration.  Provided: ${textOf(duration)}`);
      return { as: 'waiting', input, until: step.at + Math.max(1, ms) };
    }
    if (!isGiven(until)) return { as: 'waiting', input };
    const moment = momentOf(textOf(until));
    if (moment === undefined) return invalid(`Invalid/Unsupported Wait Until format.  Provided: ${textOf(until)}`);
    if (moment > step.at) return { as: 'waiting', input, until: moment };
    return { as: 'ended', status: 'COMPLETED', input, output: Payload.empty };
  },
  wake(step, signal) {
    return signal.kind === 'time' ? [{ do: 'finish', status: 'COMPLETED', output: step.self.output }] : [];
  },
};

const isGiven = (value: Json | undefined): value is Exclude<Json, null> =>
  value !== undefined && value !== null && !(typeof value === 'string' && value.trim() === '');

const isTemplate = (value: Json): boolean => typeof value === 'string' && value.includes('${');
