import { describe, expect, it } from '@jest/globals';
import { definitionEnvironment, environmentSecrets } from './environment.ts';

const environment = {
  PATH: '/bin',
  CONDUCTOR_ENV_REGION: 'eu',
  CONDUCTOR_ENV_: 'nameless',
  CONDUCTOR_ENV_EMPTY: '',
  CONDUCTOR_SECRET_B: 'b',
  CONDUCTOR_SECRET_A: '',
  NETFLIX_STACK: 'main',
};

describe('the environment of definitions', () => {
  it('is what was named for them, and no other variable of the process', () => {
    expect(definitionEnvironment(environment)).toEqual({
      variables: { EMPTY: '', REGION: 'eu' },
      netflixStack: 'main',
    });
  });

  it('holds secrets apart', () => {
    const { lookup, names } = environmentSecrets(environment);
    expect(names).toEqual(['A', 'B']);
    expect(['A', 'B', 'REGION', 'PATH'].map(lookup)).toEqual(['', 'b', undefined, undefined]);
  });
});
