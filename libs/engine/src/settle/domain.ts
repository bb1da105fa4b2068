/**
 * The domain whose workers get a task: the entry of its type, else the one for all (`*`). Of a list the last entry
 * counts, as in Conductor when nobody of the others has polled lately; `NO_DOMAIN` means none.
 */
export function domainOf(taskType: string, taskToDomain: Readonly<Record<string, string>>): string | undefined {
  const own = Object.hasOwn(taskToDomain, taskType) ? taskToDomain[taskType] : undefined;
  const entry = own ?? (Object.hasOwn(taskToDomain, '*') ? taskToDomain['*'] : undefined);
  const last = entry?.split(',').at(-1)?.trim();
  return last === undefined || last === '' || last === 'NO_DOMAIN' ? undefined : last;
}
