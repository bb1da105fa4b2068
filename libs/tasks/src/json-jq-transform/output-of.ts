import type { Json, JsonObject } from '@partitura/model';

/** The first result, for programs that give one, and all of them. */
export const outputOf = (results: readonly Json[]): JsonObject => ({ result: results[0] ?? null, resultList: results });
