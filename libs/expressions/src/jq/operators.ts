import type { Ast, Operator } from './syntax.ts';

/** Operators that bind their operands, weakest first; those of one line bind alike. */
export const levels: readonly { readonly operators: readonly string[]; readonly group: 'left' | 'right' | 'none' }[] = [
  { operators: ['|'], group: 'right' },
  { operators: [','], group: 'left' },
  { operators: ['//'], group: 'right' },
  { operators: ['=', '|=', '+=', '-=', '*=', '/=', '%=', '//='], group: 'none' },
  { operators: ['or'], group: 'left' },
  { operators: ['and'], group: 'left' },
  { operators: ['==', '!=', '<', '<=', '>', '>='], group: 'none' },
  { operators: ['+', '-'], group: 'left' },
  { operators: ['*', '/', '%'], group: 'left' },
];

/** What an operator makes of its operands. */
export function combine(operator: string, left: Ast, right: Ast): Ast {
  switch (operator) {
    case '|':
      return { is: 'pipe', left, right };
    case ',':
      return { is: 'comma', left, right };
    case '//':
      return { is: 'alternative', left, right };
    case 'and':
    case 'or':
      return { is: operator, left, right };
    default:
      if (/^(?:=|[|+\-*/%]=|\/\/=)$/.test(operator)) return { is: 'assign', operator, left, right };
      return { is: 'operate', operator: operator as Operator, left, right };
  }
}
