import type { Json, JsonObject } from '@partitura/model';

/**
 * The output of a loop, made of its parts only where somebody looks: what a look at one member costs does not depend on
 * how often the loop has run. To programs and paths it is a plain object.
 *
 * @param own The members that are no iterations.
 * @param iterations Which iterations may have an entry, both included.
 * @param entry Undefined: that iteration has none.
 */
export function growingOutput(
  own: JsonObject,
  iterations: { readonly from: number; readonly through: number },
  entry: (iteration: number) => JsonObject | undefined,
): JsonObject {
  const { from, through } = iterations;
  const entryAt = (key: string | symbol): JsonObject | undefined => {
    const iteration = typeof key === 'string' && /^[1-9]\d*$/.test(key) ? Number(key) : 0;
    return iteration >= from && iteration <= through ? entry(iteration) : undefined;
  };
  const read = (key: string | symbol): Json | undefined =>
    entryAt(key) ?? (Object.hasOwn(own, key) ? own[key as string] : undefined);
  return new Proxy<JsonObject>(
    {},
    {
      get: (_, key) => read(key),
      has: (_, key) => read(key) !== undefined,
      ownKeys: () => {
        const keys: string[] = [];
        for (let i = from; i <= through; i++) if (entry(i) !== undefined) keys.push(String(i));
        return [...keys, ...Object.keys(own)];
      },
      getOwnPropertyDescriptor: (_, key) => {
        const value = Object.hasOwn(own, key) ? own[key as string] : entryAt(key);
        return value === undefined ? undefined : { value, enumerable: true, configurable: true, writable: false };
      },
    },
  );
}
