import { Library, type TaskKinds } from '@partitura/engine';
import {
  tasksInOrder,
  type DefinitionLookup,
  type EndedRun,
  type StartWorkflow,
  type WorkflowDef,
} from '@partitura/model';
import { TaskTemplate, type RunShown } from '@partitura/conductor-api';

const definitionsMax = 500;

/**
 * Runs as the decider's answer tells of them, completed with what the answer only names: the tasks of the definition.
 * They follow from this process's copy of the definitions by the same function that the decider used, and the hash says
 * whether the result is the same.
 */
export class EndedRuns {
  readonly #library: Library;
  readonly #definitions: DefinitionLookup;
  readonly #tasks = new Map<string, readonly TaskTemplate[]>();

  constructor(definitions: DefinitionLookup, kinds: TaskKinds) {
    this.#definitions = definitions;
    this.#library = new Library(kinds);
  }

  /** Undefined where the definition is not known here, or not any more: then the run must be read. */
  shown(run: EndedRun, start: StartWorkflow): RunShown | undefined {
    const written = this.#tasksOf(run, start);
    if (written === undefined) return undefined;
    return { written, ...run };
  }

  #tasksOf({ definitionHash, name, version }: EndedRun, start: StartWorkflow): readonly TaskTemplate[] | undefined {
    const known = this.#tasks.get(definitionHash);
    if (known !== undefined) return known;
    const definition = start.definition ?? this.#definitions.workflow(name, version);
    if (definition === undefined) return undefined;
    const pinned = this.#library.pin(definition, this.#definitions);
    if (pinned.kind !== 'pinned' || pinned.hash !== definitionHash) return undefined;
    const { workflow } = pinned.body.object as unknown as { readonly workflow: WorkflowDef };
    const tasks = tasksInOrder(workflow).map((task) => new TaskTemplate(JSON.stringify(task)));
    if (this.#tasks.size >= definitionsMax) this.#tasks.clear();
    this.#tasks.set(definitionHash, tasks);
    return tasks;
  }
}
