import { renderLimits } from './budget.ts';

/** A piece of a template's text: literal characters, or a `${…}` with the pieces between its braces. */
export type Piece = string | SpanText;
export interface SpanText {
  /** The span as written, braces included. */
  readonly raw: string;
  readonly inner: readonly Piece[];
}

/**
 * Cuts a text at its `${…}` spans. A span ends at the brace that balances its own; what is not closed, or escaped as
 * `$${`, stays literal (the spans inside it do not). Linear in the length of the text.
 */
export function piecesOf(text: string): readonly Piece[] {
  if (!text.includes('${')) return [text];
  return piecesBetween(text, 0, text.length, closingBraces(text), 0);
}

/** Position of each opening brace → position of the one that closes it. */
function closingBraces(text: string): ReadonlyMap<number, number> {
  const closing = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 123) open.push(at);
    else if (code === 125) {
      const opening = open.pop();
      if (opening !== undefined) closing.set(opening, at);
    }
  }
  return closing;
}

function piecesBetween(
  text: string,
  from: number,
  to: number,
  closing: ReadonlyMap<number, number>,
  nesting: number,
): readonly Piece[] {
  const pieces: Piece[] = [];
  let literalFrom = from;
  let at = text.indexOf('${', from);
  while (at !== -1 && at < to) {
    const end = closing.get(at + 1);
    const escaped = at > from && text[at - 1] === '$';
    if (escaped || end === undefined || end >= to || nesting >= renderLimits.nesting) {
      at = text.indexOf('${', at + 2);
      continue;
    }
    if (at > literalFrom) pieces.push(text.slice(literalFrom, at));
    pieces.push({ raw: text.slice(at, end + 1), inner: piecesBetween(text, at + 2, end, closing, nesting + 1) });
    literalFrom = end + 1;
    at = text.indexOf('${', literalFrom);
  }
  if (literalFrom < to || pieces.length === 0) pieces.push(text.slice(literalFrom, to));
  return pieces;
}

/** `$${` means a literal `${`. */
export function unescaped(text: string): string {
  return text.includes('$${') ? text.replaceAll('$${', '${') : text;
}
