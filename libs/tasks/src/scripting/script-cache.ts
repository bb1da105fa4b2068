import { compileScript, type CompiledScript } from '@partitura/expressions';
import { ProgramCache } from './program-cache.ts';

const scripts = new ProgramCache(compileScript);

export const scriptOf = (source: string): CompiledScript => scripts.of(source);
