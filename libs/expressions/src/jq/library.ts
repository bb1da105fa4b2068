import type { Compiler } from './compile.ts';
import { define } from './function.ts';
import { parseJq } from './parser.ts';
import type { FunctionEntry, Scope } from './scope.ts';

/** Functions of jq that are said best in jq. */
const sources = `
def map(f): [.[] | f];
def map_values(f): .[] |= f;
def values: select(. != null);
def nulls: select(. == null);
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type | . == "array" or . == "object");
def scalars: select(type | . != "array" and . != "object");
def recurse(f; cond): def r: ., (f | select(cond) | r); r;
def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}];
def with_entries(f): to_entries | map(f) | from_entries;
def del(f): delpaths([path(f)]);
def paths: path(..) | select(length > 0);
def paths(node_filter): . as $dot | paths | select(. as $p | $dot | getpath($p) | node_filter);
def leaf_paths: paths(scalars);
def any(f): any(.[]; f);
def all(f): all(.[]; f);
def any: any(.);
def all: all(.);
def in(xs): . as $x | xs | has($x);
def inside(xs): . as $x | xs | contains($x);
def first: .[0];
def last: .[-1];
def nth($n): .[$n];
def nth($n; f): if $n < 0 then error("Out of bounds negative array index") else label $found | foreach f as $x ($n + 1; . - 1; if . <= 0 then $x, break $found else empty end) end;
def isempty(f): label $go | (f | false, break $go), true;
def finites: select(isinfinite or isnan | not);
def normals: select(isnormal);
def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
def combinations(n): . as $dot | [range(n)] | map($dot) | combinations;
def walk(f): def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w;
def pick(pathexps): . as $top | reduce path(pathexps) as $p (null; setpath($p; $top | getpath($p)));
def IN(s): any(s == .; .);
def IN(src; s): any(src == s; .);
def INDEX(stream; f): reduce stream as $row ({}; .[$row | f | tostring] = $row);
def INDEX(f): INDEX(.[]; f);
def index($i): indices($i) | .[0];
def rindex($i): indices($i) | .[-1:][0];
def join($x): reduce .[] as $i (null; (if . == null then "" else . + $x end) + ($i | if . == null then "" elif type == "boolean" or type == "number" then tojson else . end)) // "";
def flatten: flatten(1e9);
def transpose: [range(map(length) | max // 0) as $i | [.[][$i]]];
def tostream: path(def r: (.[]? | r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
`;

/** Each by its name and number of parameters; compiled when a program first asks for it. */
class Library {
  readonly #sources = new Map<string, string>();
  readonly #entries = new Map<string, FunctionEntry>();

  constructor() {
    for (const source of sources.split('\n')) {
      const [, name, params] = /^def (\w+)(?:\(([^)]*)\))?:/.exec(source) ?? [];
      if (name !== undefined)
        this.#sources.set(`${name}/${params === undefined ? 0 : params.split(';').length}`, source);
    }
  }

  find(name: string, arity: number, compiler: Compiler): FunctionEntry | undefined {
    const key = `${name}/${arity}`;
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const source = this.#sources.get(key);
    if (source === undefined) return undefined;
    const ast = parseJq(`${source} .`);
    if (ast.is !== 'def') return undefined;
    const scope: Scope = define(ast.def, undefined, compiler);
    if (typeof scope.means === 'string') return undefined;
    this.#entries.set(key, scope.means);
    return scope.means;
  }
}

export const library = new Library();
