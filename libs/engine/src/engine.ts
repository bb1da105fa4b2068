import type { Library } from './graph/library.ts';
import type { Environment } from './settle/scope.ts';

/** What every decision of one installation has at hand. */
export interface Engine {
  readonly library: Library;
  readonly environment: Environment;
}
