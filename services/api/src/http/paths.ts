/** `/a;x/b?c;d` → `/a/b?c;d`: what follows a semicolon in a segment does not count. */
export function withoutPathParameters(url: string): string {
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  if (!path.includes(';')) return url;
  return path.replaceAll(/;[^/]*/g, '') + (end === -1 ? '' : url.slice(end));
}

/** An encoded slash could mean another path to whoever stands before us: such a path is refused. */
export function hasEncodedSlash(url: string): boolean {
  const end = url.indexOf('?');
  return /%2f/i.test(end === -1 ? url : url.slice(0, end));
}

/** Conductor's `{name}` → the router's `:name`. */
export function routerPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
