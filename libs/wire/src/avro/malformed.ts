import { Fault } from '@partitura/model';

/** Bytes, or JSON text, that are not what they claim to be: a {@link Fault} whose message is a sentence for a person. */
export class Malformed extends Fault {
  constructor(message: string) {
    super('MALFORMED', message, { retryable: false });
    this.name = 'Malformed';
  }
}
