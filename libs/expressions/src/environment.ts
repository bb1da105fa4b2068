import type { SecretLookup } from './secrets.ts';

const variablePrefix = 'CONDUCTOR_ENV_';
const secretPrefix = 'CONDUCTOR_SECRET_';

/** What definitions may read of the environment of a process: nothing but what was meant for them. */
export interface DefinitionEnvironment {
  /** `CONDUCTOR_ENV_NAME` is `${workflow.env.NAME}`. Sorted by name. */
  readonly variables: Readonly<Record<string, string>>;
  readonly netflixEnv?: string;
  readonly netflixStack?: string;
}

export function definitionEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): DefinitionEnvironment {
  const { NETFLIX_ENV: netflixEnv, NETFLIX_STACK: netflixStack } = environment;
  return {
    variables: Object.fromEntries(withPrefix(environment, variablePrefix)),
    ...(netflixEnv !== undefined && { netflixEnv }),
    ...(netflixStack !== undefined && { netflixStack }),
  };
}

/** Secrets: `CONDUCTOR_SECRET_NAME` is `${workflow.secrets.NAME}`. Empty ones count. */
export function environmentSecrets(environment: Readonly<Record<string, string | undefined>>): {
  readonly lookup: SecretLookup;
  /** Sorted. */
  readonly names: readonly string[];
} {
  const secrets = new Map(withPrefix(environment, secretPrefix));
  return { lookup: (name) => secrets.get(name), names: [...secrets.keys()] };
}

/** The variables that begin so, without the beginning, sorted by name. */
function withPrefix(
  environment: Readonly<Record<string, string | undefined>>,
  prefix: string,
): (readonly [name: string, value: string])[] {
  return Object.entries(environment)
    .flatMap(([name, value]) =>
      name.startsWith(prefix) && name.length > prefix.length && value !== undefined
        ? [[name.slice(prefix.length), value] as const]
        : [],
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
