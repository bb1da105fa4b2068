/** Which methods exist on which paths, so that a wrong method is told from a wrong path. */
export class RouteTable {
  readonly #routes: { readonly pattern: RegExp; readonly methods: Set<string> }[] = [];
  readonly #bySource = new Map<string, Set<string>>();

  /** `path` in the router's form, `:name` for parameters. */
  add(path: string, methods: readonly string[]): void {
    const known = this.#bySource.get(path);
    if (known) {
      for (const method of methods) known.add(method);
      return;
    }
    const made = new Set(methods);
    const source = path
      .split('/')
      .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment === '*' ? '.*' : escaped(segment)))
      .join('/');
    this.#bySource.set(path, made);
    this.#routes.push({ pattern: new RegExp(`^${source}$`), methods: made });
  }

  /** Methods that exist on the path of this URL, sorted; empty when the path does not exist. */
  methodsOf(url: string): readonly string[] {
    const path = url.split('?', 1)[0] ?? '';
    const methods = this.#routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods: all }) => [...all]);
    return [...new Set(methods)].sort();
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
