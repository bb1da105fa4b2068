import { isJsonObject, type Json } from '@partitura/model';
import { Budget, renderLimits, RenderLimitExceeded } from './budget.ts';
import { textOf } from './java-text.ts';
import { readFromJson, splitAtDot } from './span.ts';

/** A secret's text, or undefined when there is none of that name. */
export type SecretLookup = (name: string) => string | undefined;

const marker = '${workflow.secrets.';
const reference = /\$\{workflow\.secrets\.([^}]+)\}/g;
const wholeReference = /^\$\{workflow\.secrets\.([^}]+)\}$/;

/**
 * Puts secrets in for the `${workflow.secrets.NAME}` that computing inputs left as they were. For the moment of hand-out
 * only: the result must not be stored, shown or logged. A whole string becomes the value or null, within a longer one a
 * missing secret is empty text; `NAME.path` looks into a secret that holds JSON. Parts without secrets stay the same
 * objects, so an input without any comes back as it is. Throws {@link RenderLimitExceeded}.
 */
export function resolveSecrets(value: Json, lookup: SecretLookup): Json {
  return replaced(value, { lookup, budget: new Budget() }, 0);
}

interface Resolution {
  readonly lookup: SecretLookup;
  readonly budget: Budget;
}

function replaced(value: Json, resolution: Resolution, depth: number): Json {
  if (typeof value === 'string') return replacedText(value, resolution);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > renderLimits.depth) {
    throw new RenderLimitExceeded(`an input is nested deeper than ${renderLimits.depth} levels`);
  }
  if (!isJsonObject(value)) {
    const list = value.map((element) => replaced(element, resolution, depth + 1));
    return list.some((element, i) => element !== value[i]) ? list : value;
  }
  const members = Object.entries(value).map(([key, member]) => [key, replaced(member, resolution, depth + 1)] as const);
  return members.some(([key, member]) => member !== value[key]) ? Object.fromEntries(members) : value;
}

function replacedText(text: string, resolution: Resolution): Json {
  if (!text.includes(marker)) return text;
  const whole = wholeReference.exec(text)?.[1];
  if (whole !== undefined) return secret(whole, resolution);
  return text.replaceAll(reference, (_match, name: string) => {
    const found = secret(name, resolution);
    return found === null ? '' : textOf(found, resolution.budget);
  });
}

function secret(path: string, { lookup, budget }: Resolution): Json {
  const { name, rest } = splitAtDot(path);
  if (rest === undefined) return lookup(name) ?? null;
  const text = lookup(name);
  return lookup(path) ?? (text === undefined ? null : readFromJson(text, rest, budget));
}
