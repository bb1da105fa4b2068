import { normalizeTaskDef, normalizeWorkflowDef } from '@partitura/engine';
import { Payload, type DefinitionLookup, type Json, type JsonObject } from '@partitura/model';

/** Definitions as a process's copy of the broadcast holds them. */
export class Definitions implements DefinitionLookup {
  readonly #workflows = new Map<string, Map<number, Payload>>();
  readonly #tasks = new Map<string, Payload>();

  putWorkflow(raw: Json): void {
    const def = normalizeWorkflowDef(raw, '', []);
    const versions = this.#workflows.get(def.name) ?? new Map<number, Payload>();
    versions.set(def.version, Payload.of(def as unknown as JsonObject));
    this.#workflows.set(def.name, versions);
  }

  putTask(raw: Json): void {
    const def = normalizeTaskDef(raw, '', []);
    this.#tasks.set(def.name, Payload.of(def as unknown as JsonObject));
  }

  workflow(name: string, version?: number): Payload | undefined {
    const wanted = version ?? this.latestVersion(name);
    return wanted === undefined ? undefined : this.#workflows.get(name)?.get(wanted);
  }

  task(name: string): Payload | undefined {
    return this.#tasks.get(name);
  }

  latestVersion(name: string): number | undefined {
    const versions = this.#workflows.get(name);
    return versions === undefined ? undefined : Math.max(...versions.keys());
  }
}
