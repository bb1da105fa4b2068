import { compileScript, type CompiledScript } from '@partitura/expressions';

const programsMax = 1_000;
const charactersMax = 4 * 1024 * 1024;

/**
 * Programs that are data, not definition: compiled once per text. A memory of a pure function; dropping any of it
 * changes no answer.
 */
class ScriptCache {
  readonly #scripts = new Map<string, CompiledScript>();
  #characters = 0;

  of(source: string): CompiledScript {
    const known = this.#scripts.get(source);
    if (known !== undefined) return known;
    const script = compileScript(source);
    this.#scripts.set(source, script);
    this.#characters += source.length;
    for (const [oldest] of this.#scripts) {
      if (this.#scripts.size <= programsMax && this.#characters <= charactersMax) break;
      this.#scripts.delete(oldest);
      this.#characters -= oldest.length;
    }
    return script;
  }
}

const cache = new ScriptCache();

export const scriptOf = (source: string): CompiledScript => cache.of(source);
