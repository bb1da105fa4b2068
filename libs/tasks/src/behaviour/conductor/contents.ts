/**
 * A line of a table of contents: what Conductor does, or what we do instead, and the tests that show it.
 *
 * A test is written `file › describe › it`, with titles as the source has them; the file is a spec of
 * `libs/tasks/src/behaviour` by its name alone, any other by its path from the root.
 */
export type Line =
  | { readonly says: string; readonly shownBy: readonly string[] }
  /** Not shown yet, because it needs something that does not exist yet. */
  | { readonly says: string; readonly waitsFor: string };

export type Contents = Readonly<Record<string, Line>>;

export const shown = (says: string, ...shownBy: readonly [string, ...string[]]): Line => ({ says, shownBy });

export const open = (says: string, waitsFor: string): Line => ({ says, waitsFor });
