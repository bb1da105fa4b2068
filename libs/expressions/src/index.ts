export { compileTemplate, type Template } from './template.ts';
export type { Scope } from './scope.ts';
export { renderLimits, RenderLimitExceeded } from './budget.ts';
export { textOf } from './java-text.ts';
export { resolveSecrets, type SecretLookup } from './secrets.ts';
export { compileScript } from './script/compile.ts';
export type { Bindings, CompiledScript, Fuel, ScriptOutcome } from './script/script.ts';
