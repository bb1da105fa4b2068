/** What a machine offers for running brokers and databases; gathered by {@link surveyMachine}, judged by the functions below. */
export interface Surroundings {
  /** Address of one that runs already (`KAFKA_BROKERS`, `DATABASE_URL`). */
  readonly given: string | undefined;
  /** An engine answers on its socket; a `docker` command alone proves nothing. */
  readonly docker: boolean;
  /** What the way without containers would still need; empty: nothing. */
  readonly missing: readonly string[];
}

export type Choice =
  | { readonly kind: 'given'; readonly address: string }
  | { readonly kind: 'container' }
  | { readonly kind: 'local' }
  | { readonly kind: 'none'; readonly why: string };

export interface Wanted {
  /** As people call it: `Kafka`. */
  readonly what: string;
  /** Environment variable that names a running one. */
  readonly variable: string;
  /** The test stops, freezes or kills it, so one that others use will not do. */
  readonly ownOnly?: boolean;
}

/** A given one wins, then a container, then a local process. */
export function choose(wanted: Wanted, surroundings: Surroundings): Choice {
  const { given, docker, missing } = surroundings;
  if (given !== undefined && given !== '' && wanted.ownOnly !== true) return { kind: 'given', address: given };
  if (docker) return { kind: 'container' };
  if (missing.length === 0) return { kind: 'local' };
  const give = wanted.ownOnly === true ? '' : `set ${wanted.variable}, or `;
  return {
    kind: 'none',
    why: `No ${wanted.what} here: ${give}start a Docker engine, or install ${missing.join(' and ')}.`,
  };
}
