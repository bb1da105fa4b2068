export { compileTemplate, type Template } from './template.ts';
export type { Scope } from './scope.ts';
export { renderLimits, RenderLimitExceeded } from './budget.ts';
export { textOf } from './java-text.ts';
export { definitionEnvironment, environmentSecrets, type DefinitionEnvironment } from './environment.ts';
export { resolveSecrets, type SecretLookup } from './secrets.ts';
export { compileScript, scriptFuel } from './script/compile.ts';
export { scriptErrorText } from './script/script.ts';
export type { Bindings, CompiledScript, Fuel, ScriptError, ScriptOutcome } from './script/script.ts';
