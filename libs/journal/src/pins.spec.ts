import { describe, expect, it } from '@jest/globals';
import { Payload, type DomainEvent } from '@partitura/model';
import { Pins } from './pins.ts';

const body = Payload.of({ name: 'order' });
const started = (definition?: Payload): DomainEvent =>
  ({ type: 'WorkflowStarted', definitionHash: 'h', ...(definition && { definition }) }) as DomainEvent;

describe('pinned definitions', () => {
  it('are known from the entry that carries them until X is chosen behind it', () => {
    const pins = new Pins();
    pins.learnFrom(started(body), 10);
    pins.learnFrom(started(), 11);
    pins.forgetBefore(10);
    expect(pins.has('h')).toBe(true);
    pins.forgetBefore(11);
    expect([pins.has('h'), pins.body('h')]).toEqual([false, body]);
  });

  it('are known again when they are carried again, and leave memory when nobody needs them', () => {
    const pins = new Pins();
    pins.learn('h', body, 1);
    pins.forgetBefore(5);
    pins.learnAll(['h', 'unheard'], 7);
    pins.keepOnly(new Set());
    expect([pins.has('h'), pins.has('unheard')]).toEqual([true, false]);
    pins.forgetBefore(8);
    pins.keepOnly(new Set(['h']));
    expect(pins.body('h')).toBe(body);
    pins.keepOnly(new Set());
    expect(pins.body('h')).toBeUndefined();
  });

  it('may be looked at before it is certain that their entry will be written', () => {
    const pins = new Pins();
    pins.meet(started(body));
    expect([pins.has('h'), pins.body('h')]).toEqual([false, body]);
  });
});
