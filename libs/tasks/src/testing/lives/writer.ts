import type { JsonObject } from '@partitura/model';
import { choice, fork, join, task } from '../shapes.ts';
import { leafOf } from './leaf.ts';
import type { Shape } from './shape.ts';

/** Writes shapes as Conductor's JSON. References are unique; a join names the last task of every branch. */
export class Writer {
  #count = 0;

  list(shapes: readonly Shape[]): JsonObject[] {
    return shapes.flatMap((shape) => this.#one(shape));
  }

  #one({ kind, way, lists }: Shape): readonly JsonObject[] {
    const n = ++this.#count;
    switch (kind) {
      case 'fork': {
        const branches = lists.map((list) => this.list(list));
        const last = lastOf(branches);
        return [fork(`f${n}`, branches), join(`j${n}`, way % 5 === 0 ? last.slice(1) : last)];
      }
      case 'switch': {
        const { otherwise, cases } = this.#cases(lists);
        return [{ ...choice(`sw${n}`, cases, otherwise), ...byProgram(way) }];
      }
      case 'decision': {
        const { otherwise, cases } = this.#cases(lists);
        const by = way % 4 === 0 ? { caseExpression: 'String(new Date(0).getTime())' } : { caseValueParam: 'v' };
        const inputParameters = { v: '${workflow.input.v}' };
        const more = { ...by, inputParameters, decisionCases: cases, defaultCase: otherwise };
        return [task('DECISION', `de${n}`, more)];
      }
      case 'exclusive': {
        const { otherwise, cases } = this.#cases(lists);
        const joinOn = lastOf([otherwise, ...Object.values(cases)]);
        const more = { joinOn, defaultExclusiveJoinTask: [`sx${n}`] };
        return [choice(`sx${n}`, cases, otherwise), task('EXCLUSIVE_JOIN', `xj${n}`, more)];
      }
      case 'loop':
        return [task('DO_WHILE', `lp${n}`, { ...again(n, way), loopOver: this.list(lists[0] ?? []) })];
      default:
        return leafOf(kind, n, way);
    }
  }

  #cases(lists: Shape['lists']): { readonly otherwise: JsonObject[]; readonly cases: Record<string, JsonObject[]> } {
    const [otherwise = [], ...cases] = lists.map((list) => this.list(list));
    return { otherwise, cases: Object.fromEntries(cases.map((list, i) => [String(i), list])) };
  }
}

const lastOf = (branches: readonly (readonly JsonObject[])[]): readonly string[] =>
  branches.flatMap((branch) => (branch.length > 0 ? [branch.at(-1)?.['taskReferenceName'] as string] : []));

/** Most often a choice takes the value as it is; else a program says it, or fails, or has to be run elsewhere. */
function byProgram(way: number): JsonObject {
  const expression = ['$.v', '$.nope.x', 'String(new Date(0).getTime())'][way % 8];
  return expression === undefined ? {} : { evaluatorType: 'javascript', expression };
}

/** Up to three times, or for each of two items; now and then the condition fails, or somebody else has to say it. */
function again(n: number, way: number): JsonObject {
  const here = `$.lp${n}.iteration`;
  const conditions = [`${here} < 2`, `${here} < 3`, 'false', `new Date(0).getTime() + ${here} < 2`, `${here} < 2`];
  const items = way % 5 === 0 ? { items: '${workflow.input.xs}' } : {};
  const inputParameters = way % 3 === 0 ? { keepLastN: way % 4 } : {};
  const loopCondition = way % 31 === 0 ? '$.nope.x' : (conditions[way % 7] ?? (way % 5 === 0 ? '' : `${here} < 2`));
  return { loopCondition, ...items, inputParameters };
}
