/** jq programs by a seed, over the documents of the corpus. Not everything that they do succeeds; that is intended. */
export class RandomJq {
  #state: number;
  #names = 0;

  constructor(seed: number) {
    this.#state = (seed * 2_654_435_761 + 97) >>> 0;
  }

  program(): string {
    return this.#pipe(4);
  }

  #pipe(depth: number): string {
    const stages = Array.from({ length: 1 + this.#below(3) }, () => this.#stage(depth));
    return stages.join(' | ');
  }

  #stage(depth: number): string {
    if (depth <= 0) return this.#leaf();
    const inner = depth - 1;
    switch (this.#below(16)) {
      case 0:
        return `(${this.#stage(inner)}) ${this.#pick(['+', '-', '*', '/', '%'])} (${this.#stage(inner)})`;
      case 1:
        return `(${this.#stage(inner)}) ${this.#pick(['==', '!=', '<', '<=', '>', '>=', 'and', 'or', '//'])} (${this.#stage(inner)})`;
      case 2:
        return `[${this.#pipe(inner)}]`;
      case 3:
        return `{${this.#pick(['a', 'b', '"c d"'])}: (${this.#pipe(inner)}), k: ${this.#leaf()}}`;
      case 4:
        return `if ${this.#pipe(inner)} then ${this.#pipe(inner)} else ${this.#leaf()} end`;
      case 5:
        return `try (${this.#pipe(inner)}) catch ${this.#pick(['.', 'type', 'length', '"caught"'])}`;
      case 6:
        return `map(${this.#pipe(inner)})`;
      case 7: {
        const name = `$v${this.#names++}`;
        return `(${this.#stage(inner)}) as ${name} | [${name}, ${this.#leaf()}]`;
      }
      case 8:
        // One beginning: after several jq loses its input.
        return `reduce (${this.#stage(inner)}) as $r (first(${this.#leaf()}); ${this.#pick(['. + $r', '[., $r]', '$r', '.'])})`;
      case 9:
        return `[foreach (${this.#stage(inner)}) as $f (0; . + 1; [., $f])]`;
      case 10:
        return `(${this.#path()}) ${this.#pick(['=', '|=', '+=', '//='])} ${this.#leaf()}`;
      case 11:
        return `(${this.#stage(inner)}, ${this.#stage(inner)})`;
      case 12:
        return `def f(x): x | ${this.#leaf()}; f(${this.#stage(inner)})`;
      case 13:
        return `"<\\(${this.#stage(inner)})>"`;
      case 14:
        return `${this.#pick(['select', 'any', 'all', 'first', 'path', 'sort_by', 'group_by', 'min_by', 'del', 'with_entries', 'label $l | '])}(${this.#path()})`;
      default:
        return this.#leaf();
    }
  }

  #path(): string {
    let path = this.#pick(['.', '.a', '.list', '.[0]', '.b', '..', '.[1:]', '.s']);
    for (let i = this.#below(3); i > 0; i--) path += this.#pick(['[]', '[]?', '[0]', '[0]?', '["v"]?', '[:2]', '[]?']);
    return path;
  }

  #leaf(): string {
    if (this.#below(2) === 0) return this.#path();
    return this.#pick([
      ...['1', '0', '-1', '2.5', '"a"', '"b,c"', 'null', 'true', 'false', '[]', '{}', '[1,[2]]', '{a: 1}', 'empty'],
      ...['length', 'keys', 'type', 'add', 'tostring', 'not', 'sort', 'unique', 'flatten', 'min', 'max', 'any', 'all'],
      ...['first', 'last', 'to_entries', 'ascii_downcase', 'tojson', 'values', 'numbers', 'strings', 'floor', 'error'],
      ...['has("a")', 'has(0)', 'index("a")', 'contains("a")', 'join("-")', 'split(",")', 'range(3)', 'transpose'],
      ...['startswith("a")', 'ltrimstr("a")', '@csv', '@json', '@base64', 'paths', 'explode', 'tonumber', 'recurse'],
    ]);
  }

  #below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 4_294_967_296) * limit);
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)] as T;
  }
}
