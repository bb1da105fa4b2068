import { describe, expect, it } from '@jest/globals';
import { choose, type Surroundings, type Wanted } from './choice.ts';

const kafka: Wanted = { what: 'Kafka', variable: 'KAFKA_BROKERS' };
const bare: Surroundings = { given: undefined, docker: false, missing: [] };

describe('the choice of a broker or database', () => {
  it('takes what is given, whatever else there is', () => {
    expect(choose(kafka, { ...bare, given: 'b:9092', docker: true })).toEqual({ kind: 'given', address: 'b:9092' });
  });

  it('treats an empty address as none', () => {
    expect(choose(kafka, { ...bare, given: '' })).toEqual({ kind: 'local' });
  });

  it('prefers a container to a local process', () => {
    expect(choose(kafka, { ...bare, docker: true })).toEqual({ kind: 'container' });
  });

  it('starts a local process when nothing is missing for it', () => {
    expect(choose(kafka, bare)).toEqual({ kind: 'local' });
  });

  it('never takes a given one for tests that kill it', () => {
    expect(choose({ ...kafka, ownOnly: true }, { ...bare, given: 'b:9092' })).toEqual({ kind: 'local' });
  });

  it('says all that could be done when nothing works', () => {
    expect(choose(kafka, { ...bare, missing: ['Java 17', 'Maven'] })).toEqual({
      kind: 'none',
      why: 'No Kafka here: set KAFKA_BROKERS, or start a Docker engine, or install Java 17 and Maven.',
    });
  });

  it('does not offer a given address where it would not do', () => {
    expect(choose({ ...kafka, ownOnly: true }, { ...bare, missing: ['Java 17'] })).toEqual({
      kind: 'none',
      why: 'No Kafka here: start a Docker engine, or install Java 17.',
    });
  });
});
