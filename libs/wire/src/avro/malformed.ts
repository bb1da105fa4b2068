import { Fault } from '@partitura/model';

/** Bytes, or JSON text, that are not what they claim to be: a {@link Fault} whose message is a sentence for a person. */
export class Malformed extends Fault {
  constructor(message: string) {
    super('MALFORMED', message, { retryable: false });
    this.name = 'Malformed';
  }
}

/** Text from outside inside a sentence of ours: in quotes, and short however long it is. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
