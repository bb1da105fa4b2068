// Two task kinds that the product does not have. Plain JavaScript: nothing needs to be built.
import { Payload } from '@partitura/model';

/** Says its input's `text` loudly. It needs nobody else, so it runs within the decision: no clock, no randomness, no IO. */
const shout = {
  type: 'SHOUT',
  traits: {
    worker: false,
    responds: () => false,
    namedByType: false,
    retried: true,
    delayed: false,
    usesInputTemplate: true,
    knowsItsId: true,
    endsFlow: false,
    reopens: false,
  },
  check: ({ name, inputParameters = {} }) =>
    'text' in inputParameters ? [] : [`inputParameters.text is required for taskType: SHOUT taskName: ${name}`],
  parse: () => undefined,
  enter: (step) => ({ as: 'running', input: step.input() }),
  wake(step) {
    const { text } = step.self.input.object;
    if (typeof text !== 'string') {
      return [{ do: 'finish', status: 'FAILED', output: Payload.empty, reason: 'there is no text to shout' }];
    }
    return [{ do: 'finish', status: 'COMPLETED', output: Payload.of({ said: `${text.toUpperCase()}!` }) }];
  },
};

/** Reads a clock, so it is carried out by `system-worker`. A type without a pure half gets its input as it is. */
const tellTime = {
  type: 'TELL_TIME',
  execute: async (task, signal) => {
    signal.throwIfAborted();
    const zone = String(task.input.object.zone ?? 'UTC');
    return { status: 'COMPLETED', output: { time: new Date().toLocaleTimeString('en-GB', { timeZone: zone }) } };
  },
};

export const plugIn = { kinds: [shout], executors: () => [tellTime] };
