/** Programs of the expression subset, by a seed. Not everything that they do succeeds; that is part of the purpose. */
export class RandomScript {
  #state: number;
  #names: string[] = [];

  constructor(seed: number) {
    this.#state = (seed * 2_654_435_761 + 1) >>> 0;
  }

  program(): string {
    this.#names = [];
    switch (this.#below(4)) {
      case 0:
        return this.#expression(4);
      case 1:
        return `(function () { ${this.#statements(3)} return ${this.#expression(3)}; })()`;
      case 2:
        return `${this.#statements(3)} ${this.#expression(3)}`;
      default:
        return `if (${this.#expression(2)}) { ${this.#expression(3)} } else { ${this.#expression(3)} }`;
    }
  }

  #statements(depth: number): string {
    const known = this.#names.length;
    const statements = Array.from({ length: 1 + this.#below(3) }, () => this.#statement(depth)).join(' ');
    if (this.#below(4) === 0) this.#names.length = Math.min(this.#names.length, known + 1);
    return statements;
  }

  #statement(depth: number): string {
    const name = `v${this.#names.length}`;
    switch (this.#below(7)) {
      case 0: {
        const text = `let ${name} = ${this.#expression(depth)};`;
        this.#names.push(name);
        return text;
      }
      case 1: {
        const text = `var ${name} = ${this.#list(depth)};`;
        this.#names.push(name);
        return text;
      }
      case 2: {
        const text = `var ${name} = 0; for (let i = 0; i < ${this.#below(5)}; i++) { ${name} = ${name} + ${this.#expression(2)}; }`;
        this.#names.push(name);
        return text;
      }
      case 3: {
        const text = `var ${name} = []; for (const x of ${this.#list(2)}) { ${name}.push(${this.#inside('x', 2)}); }`;
        this.#names.push(name);
        return text;
      }
      case 4: {
        const text = `var ${name}; try { ${name} = ${this.#expression(depth)}; } catch (e) { ${name} = e.name; }`;
        this.#names.push(name);
        return text;
      }
      case 5: {
        const text = `var ${name} = {${this.#pick(['a', 'b', "'c d'"])}: ${this.#expression(2)}}; ${name}.z = ${this.#expression(2)}; delete ${name}.a;`;
        this.#names.push(name);
        return text;
      }
      default: {
        const text = `var ${name} = ${this.#below(9)}; switch (${this.#expression(1)}) { case ${this.#literal()}: ${name} = 1; break; case 1: ${name} += 2; default: ${name} += 3; }`;
        this.#names.push(name);
        return text;
      }
    }
  }

  #inside(name: string, depth: number): string {
    this.#names.push(name);
    const text = this.#expression(depth);
    this.#names.splice(this.#names.lastIndexOf(name), 1);
    return text;
  }

  #expression(depth: number): string {
    if (depth <= 0) return this.#leaf();
    const inner = (): string => this.#expression(depth - 1 - this.#below(2));
    switch (this.#below(16)) {
      case 0:
      case 1:
      case 2:
        return `(${inner()} ${this.#pick(['+', '-', '*', '/', '%', '+', '**', '&', '|', '^', '<<', '>>', '>>>'])} ${this.#leaf()})`;
      case 3:
      case 4:
        return `(${inner()} ${this.#pick(['===', '!==', '==', '!=', '<', '<=', '>', '>='])} ${inner()})`;
      case 5:
        return `(${inner()} ${this.#pick(['&&', '||', '??'])} ${this.#leaf()})`;
      case 6:
        return `(${inner()} ? ${inner()} : ${inner()})`;
      case 7:
        return `${this.#pick(['!', '-', '+', '~', 'typeof ', 'void '])}(${inner()})`;
      case 8:
        return `\`t\${${inner()}}u\${${this.#leaf()}}\``;
      case 9:
        return `({a: ${inner()}, ...${this.#pick(['$.o', 'null', '{b: 1}'])}, [${this.#literal()}]: ${this.#leaf()}})`;
      case 10:
        return this.#list(depth);
      case 11:
        return this.#textCall(depth);
      case 12:
        return this.#listCall(depth);
      case 13:
        return `(${inner()})${this.#pick(['?.length', '?.a', '.length', '?.[0]', '[1]', '?.b?.c'])}`;
      case 14:
        return `${this.#pick(['Math.max', 'Math.floor', 'Number', 'String', 'Boolean', 'JSON.stringify', 'Array.isArray', 'parseInt', 'parseFloat', 'isNaN', 'Number.isInteger', 'Math.round', 'Math.abs'])}(${inner()})`;
      default:
        return `${this.#pick(['Object.keys', 'Object.values', 'Object.entries'])}(${this.#pick(['$', '$.o', '$.list', '{q: 1, 2: 3}'])})`;
    }
  }

  #list(depth: number): string {
    switch (this.#below(4)) {
      case 0:
        return '$.list';
      case 1:
        return `[...$.list, ${this.#expression(depth - 1)}]`;
      case 2:
        return `[${this.#expression(depth - 1)}, ${this.#leaf()}, ${this.#leaf()}]`;
      default:
        return '$.rows.map(row => row.v)';
    }
  }

  #listCall(depth: number): string {
    const list = this.#list(depth - 1);
    const each = (): string => this.#inside('x', depth - 2);
    switch (this.#below(9)) {
      case 0:
        return `${list}.map(x => ${each()})`;
      case 1:
        return `${list}.filter(x => ${each()})`;
      case 2:
        return `${list}.reduce((sum, x) => sum + (${each()}), ${this.#literal()})`;
      case 3:
        return `${list}.${this.#pick(['some', 'every', 'find', 'findIndex'])}(x => ${each()})`;
      case 4:
        return `${list}.${this.#pick(['includes', 'indexOf', 'lastIndexOf', 'concat', 'join', 'at'])}(${this.#literal()})`;
      case 5:
        return `${list}.slice(${this.#below(7) - 3}, ${this.#below(7) - 3})`;
      case 6:
        return `[...${list}].sort().join()`;
      case 7:
        return `[...${list}].${this.#pick(['reverse()', 'splice(1, 1)', 'pop()', 'shift()', 'fill(0, 1)', 'flat()', 'push(1)', 'unshift(2)'])}`;
      default:
        return `${list}.flatMap(x => [x, ${each()}])`;
    }
  }

  #textCall(depth: number): string {
    const text = this.#pick(['$.s', "'Hello, World'", `String(${this.#expression(depth - 2)})`, "'a,b,,c'"]);
    const call = this.#pick([
      'toUpperCase()',
      'toLowerCase()',
      'trim()',
      "split(',')",
      "split('')",
      'length',
      'charAt(1)',
      'slice(-3)',
      'slice(1, 4)',
      'substring(3, 1)',
      "indexOf('o')",
      "includes('l')",
      "startsWith('H')",
      "replace('l', '[$&]')",
      "replaceAll('l', 'L')",
      'padStart(15, "ab")',
      'repeat(2)',
      "concat('!', 1)",
      'charCodeAt(0)',
      'at(-1)',
      "lastIndexOf('l')",
    ]);
    return `${text}.${call}`;
  }

  #leaf(): string {
    if (this.#names.length > 0 && this.#below(2) === 0) return this.#pick(this.#names);
    return this.#below(3) === 0
      ? this.#literal()
      : this.#pick(['$.n', '$.s', '$.o.a', '$.o.deep.b', '$.list[1]', '$.rows[0].v', '$.none', '$.t', '$.o', '$.f']);
  }

  #literal(): string {
    return this.#pick([
      '0',
      '1',
      '2.5',
      '-3',
      '7',
      "'x'",
      "''",
      "'10'",
      'true',
      'false',
      'null',
      'undefined',
      'NaN',
      '[]',
      '1e3',
    ]);
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)] as T;
  }

  /** xorshift32 */
  #below(bound: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    this.#state >>>= 0;
    return this.#state % bound;
  }
}
