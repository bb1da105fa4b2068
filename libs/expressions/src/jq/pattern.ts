import type { Parser } from './parser.ts';
import type { Pattern, PatternMember } from './syntax.ts';

/** What stands after `as`. */
export function parsePattern(parser: Parser): Pattern {
  if (parser.isVariableNext()) return { is: 'name', name: parser.variable() };
  if (parser.accept('[')) {
    const items = [parsePattern(parser)];
    while (parser.accept(',')) items.push(parsePattern(parser));
    parser.expect(']');
    return { is: 'list', items };
  }
  parser.expect('{');
  const members = [parseMember(parser)];
  while (parser.accept(',')) members.push(parseMember(parser));
  parser.expect('}');
  return { is: 'members', members };
}

function parseMember(parser: Parser): PatternMember {
  if (parser.isVariableNext()) {
    const variable = parser.variable();
    const key = { is: 'literal', value: variable } as const;
    return parser.accept(':') ? { variable, key, pattern: parsePattern(parser) } : { variable, key };
  }
  const key = parser.key();
  parser.expect(':');
  return { key, pattern: parsePattern(parser) };
}
