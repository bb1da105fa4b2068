import type { CommandBus } from '@partitura/command-bus';
import { ApiError, rejectionError } from '@partitura/conductor-api';
import {
  commandId,
  type AggregateId,
  type Command,
  type EndedRun,
  type Outcome,
  type Payload,
  type RejectionCode,
} from '@partitura/model';
import type { Admission } from './admission.ts';

/** What became of a command. */
export interface Done {
  readonly result: Payload | undefined;
  /** Where the decision stands. */
  readonly partition: number;
  readonly offset: number;
  /** For definitions: offset of the broadcast. */
  readonly definitionsOffset: number | undefined;
  /** For a start that was to be answered when the run had ended. */
  readonly run: EndedRun | undefined;
}

/** Whose wish a command is. */
export interface Sender {
  /** The authenticated caller, as the journal names it; absent where nobody has to say who he is. */
  readonly principal: string | undefined;
}

export interface DispatchOptions {
  readonly timeoutMs?: number;
  /** Statuses of refusals where Conductor's differ for this operation. */
  readonly refusals?: Partial<Readonly<Record<RejectionCode, number>>>;
}

/** Sends commands and turns their outcomes into answers or errors. */
export class Dispatcher {
  readonly #bus: Pick<CommandBus, 'call'>;
  readonly #freshId: () => string;
  readonly #definitions: { readonly position: number };
  readonly #answerMs: number;
  readonly #admission: Admission;
  readonly #settle: (aggregate: AggregateId) => Promise<void>;

  constructor(options: {
    readonly bus: Pick<CommandBus, 'call'>;
    readonly freshId: () => string;
    readonly definitions: { readonly position: number };
    readonly answerMs: number;
    readonly admission: Admission;
    /** Resolves when deciders know what this process still holds back of that aggregate. Never rejects. */
    readonly settle: (aggregate: AggregateId) => Promise<void>;
  }) {
    this.#bus = options.bus;
    this.#freshId = options.freshId;
    this.#definitions = options.definitions;
    this.#answerMs = options.answerMs;
    this.#admission = options.admission;
    this.#settle = options.settle;
  }

  /** Resolves when the command was accepted. Throws an `ApiError` for a refusal, the bus's `Fault` where there is no answer. */
  async dispatch(
    { principal }: Sender,
    aggregate: AggregateId,
    body: Command,
    options: DispatchOptions = {},
  ): Promise<Done> {
    const isStart = body.type === 'StartWorkflow';
    if (isStart) this.#admission.admitStart();
    // Whoever stops or changes a run changes it as it is, with what workers have been handed a moment ago.
    else if (body.type !== 'TaskResult') await this.#settle(aggregate);
    const { position } = this.#definitions;
    const order = {
      commandId: commandId(this.#freshId()),
      aggregate,
      body,
      ...(principal !== undefined && { principal }),
      // The last that was read, not the next: a decider that stands where we stand has nothing to wait for.
      ...(position > 0 && { definitionsOffset: position - 1 }),
    };
    // A start that is answered when the run ends says nothing about how busy the deciders are.
    const isCounted = !(isStart && body.replyWhenEnded);
    if (isCounted) this.#admission.sent();
    try {
      const reply = await this.#bus.call(order, options.timeoutMs ?? this.#answerMs);
      return {
        result: resultOf(reply.outcome, options.refusals),
        partition: reply.partition,
        offset: reply.offset,
        definitionsOffset: reply.definitionsOffset,
        run: reply.run,
      };
    } finally {
      if (isCounted) this.#admission.settled();
    }
  }
}

function resultOf(outcome: Outcome, refusals: DispatchOptions['refusals']): Payload | undefined {
  switch (outcome.kind) {
    case 'accepted':
      return outcome.result;
    case 'duplicate':
      return outcome.first === undefined ? undefined : resultOf(outcome.first, refusals);
    case 'rejected':
      throw rejectionError(outcome.code, outcome.reason, refusals);
    case 'deadLettered':
      throw new ApiError(400, `the command cannot be applied: ${outcome.reason}`);
    case 'deferred':
    case 'forwarded':
    case 'parked':
      throw new ApiError(503, 'the command is recorded but not decided yet', { retryAfterSeconds: 1 });
  }
}
