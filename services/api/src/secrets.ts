import type { SecretLookup } from '@partitura/expressions';

const prefix = 'CONDUCTOR_SECRET_';

/** Secrets from variables of the environment: `CONDUCTOR_SECRET_NAME` is `${workflow.secrets.NAME}`. Empty ones count. */
export function environmentSecrets(environment: Readonly<Record<string, string | undefined>>): {
  readonly lookup: SecretLookup;
  /** Sorted. */
  readonly names: readonly string[];
} {
  const secrets = new Map(
    Object.entries(environment).flatMap(([name, value]) =>
      name.startsWith(prefix) && value !== undefined ? [[name.slice(prefix.length), value] as const] : [],
    ),
  );
  return { lookup: (name) => secrets.get(name), names: [...secrets.keys()].sort() };
}
