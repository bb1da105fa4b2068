import type { Signal, Step } from '@partitura/engine';
import { compileScript, type CompiledScript } from '@partitura/expressions';
import type { Json, JsonObject } from '@partitura/model';
import { failedWith, problemsOf, readAnswer, type Evaluated } from '../scripting/evaluators.ts';

export type Verdict =
  /** Whether the loop goes on. */
  | { readonly kind: 'decided'; readonly again: boolean }
  | { readonly kind: 'failed'; readonly reason: string }
  /** The condition is more than a decision may compute. */
  | { readonly kind: 'beyond' };

/** Decides after each iteration whether another one follows. */
export class LoopCondition {
  readonly #source: string;
  readonly #script: CompiledScript | undefined;
  readonly #otherwise: boolean;

  /** @param source Nothing: never again; blank, and there are items: as long as there are some. */
  constructor(source: string | undefined, hasItems: boolean) {
    this.#source = source ?? '';
    this.#script = source === undefined || (hasItems && source.trim() === '') ? undefined : compileScript(source);
    this.#otherwise = hasItems;
  }

  problems(task: { readonly type: string; readonly name: string }): readonly string[] {
    return this.#script === undefined ? [] : problemsOf(this.#script, task);
  }

  evaluate($: JsonObject, step: Pick<Step, 'withFuel'>): Verdict {
    const script = this.#script;
    if (script === undefined) return { kind: 'decided', again: this.#otherwise };
    const outcome = step.withFuel((fuel) => script.run({ $ }, fuel));
    if ('beyond' in outcome) return { kind: 'beyond' };
    return this.#judge('ok' in outcome ? { value: outcome.ok } : failedWith(outcome));
  }

  /** What somebody else has computed. */
  read(answer: Extract<Signal, { readonly kind: 'answered' }>): Verdict {
    return this.#judge(readAnswer(answer));
  }

  #judge(said: Evaluated): Verdict {
    if ('value' in said) return { kind: 'decided', again: isTrue(said.value) };
    return { kind: 'failed', reason: `Unable to evaluate condition ${this.#source}, exception ${said.error}` };
  }
}

/** Only true, and numbers above zero; texts are not looked into. */
const isTrue = (value: Json): boolean => value === true || (typeof value === 'number' && value > 0);
