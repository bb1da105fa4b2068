import { operate } from './arithmetic.ts';
import { assignment } from './assign.ts';
import { builtins } from './builtins.ts';
import {
  alternative,
  attempt,
  choice,
  collection,
  construction,
  index,
  interpolation,
  iteration,
  logic,
  slicing,
} from './combinators.ts';
import { callClosure, callFunction, define } from './function.ts';
import { computing, each, outward, withLabel, type Filter } from './filter.ts';
import { formatter } from './formats.ts';
import { bindPattern } from './bind.ts';
import { library } from './library.ts';
import { BeyondJq, Break, throwSteps } from './run.ts';
import { depthOf, find, withName, type Scope } from './scope.ts';
import { JqSyntaxError, type Ast } from './syntax.ts';
import { fail, shown } from './values.ts';

/** Nesting of one program, its library functions aside. */
const nestingMax = 400;

/** Compiles a tree; what only jq itself can answer throws {@link BeyondJq}. */
export class Compiler {
  #depth = 0;

  compile(ast: Ast, scope: Scope | undefined): Filter {
    if (++this.#depth > nestingMax) throw new BeyondJq('deep nesting');
    const filter = this.#compile(ast, scope);
    this.#depth--;
    return filter;
  }

  #compile(ast: Ast, scope: Scope | undefined): Filter {
    const compile = (inner: Ast): Filter => this.compile(inner, scope);
    switch (ast.is) {
      case 'identity':
        return (_env, path, input, emit) => emit(path, input);
      case 'recurse':
        return this.#call('recurse', [], scope);
      case 'literal': {
        const { value } = ast;
        return computing((_env, _input, emit) => emit(value));
      }
      case 'string':
        return interpolation(
          ast.format,
          ast.parts.map((part) => (typeof part === 'string' ? part : compile(part))),
        );
      case 'format': {
        const format = formatter(ast.format);
        return computing((env, input, emit) => emit(format(env.jq, input)));
      }
      case 'variable':
        return this.#variable(ast.name, scope);
      case 'index':
        return index(compile(ast.of), compile(ast.key), ast.optional);
      case 'slice':
        return slicing(compile(ast.of), ast.from && compile(ast.from), ast.to && compile(ast.to), ast.optional);
      case 'each':
        return iteration(compile(ast.of), ast.optional);
      case 'array':
        return collection(ast.items && compile(ast.items));
      case 'object':
        return construction(ast.entries.map(([key, value]) => [compile(key), compile(value)]));
      case 'negate': {
        const of = compile(ast.of);
        return computing((env, input, emit) =>
          each(of, env, input, (value) => {
            if (typeof value !== 'number') throw fail(`${shown(value)} cannot be negated`);
            emit(-value);
          }),
        );
      }
      case 'pipe': {
        const [left, right] = [compile(ast.left), compile(ast.right)];
        return (env, path, input, emit) => left(env, path, input, (at, value) => right(env, at, value, emit));
      }
      case 'comma': {
        const [left, right] = [compile(ast.left), compile(ast.right)];
        return (env, path, input, emit) => {
          left(env, path, input, emit);
          right(env, path, input, emit);
        };
      }
      case 'alternative':
        return alternative(compile(ast.left), compile(ast.right));
      case 'and':
      case 'or':
        return logic(ast.is, compile(ast.left), compile(ast.right));
      case 'operate': {
        const { operator } = ast;
        const [left, right] = [compile(ast.left), compile(ast.right)];
        return computing((env, input, emit) =>
          each(right, env, input, (other) =>
            each(left, env, input, (one) => emit(operate(env.jq, operator, one, other))),
          ),
        );
      }
      case 'assign':
        return assignment(ast.operator, compile(ast.left), compile(ast.right));
      case 'if':
        return choice(compile(ast.test), compile(ast.then), ast.otherwise && compile(ast.otherwise));
      case 'try':
        return attempt(compile(ast.body), ast.handler && compile(ast.handler));
      case 'reduce':
      case 'foreach':
        return this.#fold(ast, scope);
      case 'as': {
        const { names, bind } = bindPattern(ast.pattern, scope, this);
        const source = compile(ast.source);
        const body = this.compile(ast.body, names);
        return (env, path, input, emit) =>
          each(source, env, input, (value) => bind(env, value, input, (inner) => body(inner, path, input, emit)));
      }
      case 'label': {
        const body = this.compile(ast.body, withName(scope, `*${ast.name}`));
        return (env, path, input, emit) => {
          env.jq.spend(throwSteps);
          const signal = new Break();
          try {
            body(withLabel(env, signal), path, input, emit);
          } catch (error) {
            if (error !== signal) throw error;
          }
        };
      }
      case 'break': {
        const known = find(scope, `*${ast.name}`);
        if (known === undefined) throw new JqSyntaxError(`$*label-${ast.name} is not defined`);
        const hops = depthOf(scope) - known.depth;
        return (env) => {
          throw outward(env, hops).label as Break;
        };
      }
      case 'def':
        return this.compile(ast.body, define(ast.def, scope, this));
      case 'call':
        return this.#call(ast.name, ast.args, scope);
    }
  }

  #variable(name: string, scope: Scope | undefined): Filter {
    const known = find(scope, `$${name}`);
    if (known === undefined) {
      if (name === 'ENV' || name === '__loc__' || name === '__prog_args') throw new BeyondJq(`$${name}`);
      throw new JqSyntaxError(`$${name} is not defined`);
    }
    const hops = depthOf(scope) - known.depth;
    return computing((env, _input, emit) => emit(outward(env, hops).value));
  }

  #call(name: string, args: readonly Ast[], scope: Scope | undefined): Filter {
    const known = find(scope, `${name}/${args.length}`);
    if (known?.means === 'closure') return callClosure(depthOf(scope) - known.depth);
    const compiled = args.map((arg) => this.compile(arg, scope));
    if (known !== undefined && known.means !== 'value')
      return callFunction(known.means, compiled, depthOf(scope) - known.means.depth);
    const native = builtins.get(`${name}/${args.length}`);
    if (native !== undefined) return native(...compiled);
    const entry = library.find(name, args.length, this);
    if (entry === undefined) throw new BeyondJq(`${name}/${args.length}`);
    return callFunction(entry, compiled, 'root');
  }

  #fold(ast: Extract<Ast, { readonly is: 'reduce' | 'foreach' }>, scope: Scope | undefined): Filter {
    const { names, bind } = bindPattern(ast.pattern, scope, this);
    const [source, init] = [this.compile(ast.source, scope), this.compile(ast.init, scope)];
    const update = this.compile(ast.update, names);
    const extract = ast.is === 'foreach' && ast.extract !== undefined ? this.compile(ast.extract, names) : undefined;
    const isForeach = ast.is === 'foreach';
    return (env, path, input, emit) =>
      init(env, path, input, (startPath, start) => {
        let at = startPath;
        let state = start;
        each(source, env, input, (value) =>
          bind(env, value, input, (inner) => {
            env.jq.spend(1);
            const [fromPath, from] = [at, state];
            // Where the update gives nothing, nothing is what goes on.
            [at, state] = [path === undefined ? undefined : [], null];
            update(inner, fromPath, from, (newPath, next) => {
              [at, state] = [newPath, next];
              if (!isForeach) return;
              if (extract === undefined) emit(newPath, next);
              else extract(inner, newPath, next, emit);
            });
          }),
        );
        if (!isForeach) emit(at, state);
      });
  }
}
