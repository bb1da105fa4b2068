import type { AggregateId } from '@partitura/model';
import type { AnyDecider, Deciders } from './deciders.ts';

/** A state and the decider that understands it. */
interface Tagged {
  readonly of: AnyDecider;
  readonly state: unknown;
}

/**
 * Several kinds of aggregates as the one decider that a partition runs: the id of an aggregate says which kind it is,
 * and every state remembers it.
 */
export function joinDeciders(deciders: Deciders): AnyDecider {
  const of = (id: AggregateId): AnyDecider => deciders.deciderOf(id);
  // Numbers of kinds in snapshots: never reuse one.
  const kinds = new Map([
    [1, deciders.workflow],
    [2, deciders.definition],
  ]);
  const numbers = new Map([...kinds].map(([number, decider]) => [decider, number]));
  const tagged = (state: unknown): Tagged => state as Tagged;
  const tag = (domain: AnyDecider, before: Tagged | undefined, state: unknown): Tagged =>
    before !== undefined && before.state === state ? before : { of: domain, state };

  const sealed = (domain: AnyDecider, body: Uint8Array): Uint8Array => {
    const bytes = new Uint8Array(body.length + 2);
    bytes[0] = numbers.get(domain) ?? 0;
    bytes[1] = domain.stateVersion;
    bytes.set(body, 2);
    return bytes;
  };

  return {
    initial: undefined,
    stateVersion: 1,
    decide(state, command, context) {
      const before = state as Tagged | undefined;
      const domain = before?.of ?? of(context.aggregate);
      return retag(domain.decide(before === undefined ? domain.initial : before.state, command, context), (inner) =>
        tag(domain, before, inner),
      );
    },
    evolve(state, event, meta) {
      const before = state as Tagged | undefined;
      const domain = before?.of ?? of(meta.aggregate);
      return tag(domain, before, domain.evolve(before === undefined ? domain.initial : before.state, event, meta));
    },
    react: (state, event, context) => tagged(state).of.react(tagged(state).state, event, context),
    nextDue: (state) => tagged(state).of.nextDue(tagged(state).state),
    isClosed: (state) => tagged(state).of.isClosed(tagged(state).state),
    hasPostponedWork: (state) => tagged(state).of.hasPostponedWork(tagged(state).state),
    mayInterrupt: (state, command) => tagged(state).of.mayInterrupt(tagged(state).state, command),
    remembers: (command) => deciders.workflow.remembers(command) || deciders.definition.remembers(command),
    closedTag: (state) => tagged(state).of.closedTag(tagged(state).state),
    decideClosed: (closedTag, command, aggregate) => of(aggregate).decideClosed(closedTag, command, aggregate),
    decideUnknown(command, context) {
      const domain = of(context.aggregate);
      const decision = (domain.decideUnknown ?? domain.decide.bind(domain, domain.initial))(command, context);
      return retag(decision, (inner) => tag(domain, undefined, inner));
    },
    endedRun: (state) => tagged(state).of.endedRun?.(tagged(state).state),
    pins: (state) => tagged(state).of.pins(tagged(state).state),
    encodeState: (state) => sealed(tagged(state).of, tagged(state).of.encodeState(tagged(state).state)),
    stateEncoder(state) {
      const { of: domain, state: inner } = tagged(state);
      const encoder = domain.stateEncoder?.(inner);
      return (
        encoder && {
          step: (now) => encoder.step(tagged(now).state),
          encode: (now) => sealed(domain, encoder.encode(tagged(now).state)),
        }
      );
    },
    decodeState(_version, bytes) {
      const domain = kinds.get(bytes[0] ?? 0);
      if (domain === undefined)
        throw new Error(`a snapshot of kind ${bytes[0] ?? 'nothing'} is not known to this build`);
      return { of: domain, state: domain.decodeState(bytes[1] ?? 0, bytes.subarray(2)) };
    },
  };
}

type Decided = ReturnType<AnyDecider['decide']>;
type Accepted = Extract<Decided, { readonly kind: 'accepted' }>;

function accepted({ events, state, states, result }: Accepted, tag: (state: unknown) => Tagged): Accepted {
  const tagged: { -readonly [K in keyof Accepted]: Accepted[K] } = { kind: 'accepted', events, state: tag(state) };
  if (states !== undefined && states.length > 0) tagged.states = states.map(tag);
  if (result !== undefined) tagged.result = result;
  return tagged;
}

function retag(decision: Decided, tag: (state: unknown) => Tagged): Decided {
  switch (decision.kind) {
    case 'accepted':
      return accepted(decision, tag);
    case 'awaitDefinitions':
      return { kind: 'awaitDefinitions', otherwise: retag(decision.otherwise, tag) as typeof decision.otherwise };
    case 'rejected':
    case 'repeated':
      return decision;
  }
}

/** The state that the decider of its kind knows; for looking at a joined state from outside. */
export function innerState(state: unknown): unknown {
  return (state as Tagged | undefined)?.state;
}
