import { isJsonObject, Payload, workflowId, type Json, type JsonObject, type ReportableStatus } from '@partitura/model';
import { conductorDocument, taskDocument } from './conductor-document.ts';
import { Scenario, type Handle } from './scenario.ts';

/** One recorded execution: definitions, what was done over HTTP, and how the execution looked in the end. */
export interface RecordedExecution {
  readonly name: string;
  readonly title: string;
  readonly definitions: { readonly taskDefs?: readonly Json[]; readonly workflowDefs?: readonly Json[] };
  readonly steps: readonly RecordedStep[];
  readonly final: readonly RecordedFinal[];
}

interface RecordedStep {
  readonly name: string;
  readonly request: { readonly method: string; readonly path: string; readonly body?: Json };
  readonly bind?: Readonly<Record<string, string>>;
  readonly until?: { readonly path: string; readonly equals?: Json; readonly timeoutMs: number };
  readonly delayMs?: number;
}

interface RecordedFinal {
  readonly path: string;
  readonly ignore: readonly string[];
  readonly unordered: readonly string[];
  readonly until?: { readonly path: string; readonly equals?: Json; readonly timeoutMs: number } | null;
  readonly body: JsonObject;
}

/** Plays the steps of a recorded execution against the engine; answers what differs from the recorded documents. */
export function playExecution(execution: RecordedExecution): readonly string[] {
  const player = new Player(execution);
  for (const step of execution.steps) player.play(step);
  return execution.final.flatMap((final) => player.compare(final));
}

const pollEveryMs = 250;

class Player {
  readonly #scenario: Scenario;
  readonly #bound = new Map<string, string>();

  constructor({ definitions }: RecordedExecution) {
    this.#scenario = new Scenario({
      ...(definitions.taskDefs !== undefined && { tasks: definitions.taskDefs }),
      ...(definitions.workflowDefs !== undefined && { workflows: definitions.workflowDefs }),
    });
  }

  play(step: RecordedStep): void {
    this.#scenario.advance(step.delayMs ?? 0);
    const path = this.#filled(step.request.path) as string;
    const body = this.#filled(step.request.body ?? null);
    let waited = 0;
    let answer = this.#ask(step.request.method, path, body);
    while (step.until !== undefined && !holds(answer, step.until)) {
      if (waited > step.until.timeoutMs) throw new Error(`step ${step.name} waits in vain for ${step.until.path}`);
      waited += pollEveryMs;
      this.#scenario.advance(pollEveryMs);
      answer = this.#ask(step.request.method, path, body);
    }
    for (const [name, at] of Object.entries(step.bind ?? {})) this.#bound.set(name, valueAt(answer, at) as string);
  }

  compare(final: RecordedFinal): readonly string[] {
    const until = final.until ?? undefined;
    for (let waited = 0; until !== undefined && waited < until.timeoutMs; waited += pollEveryMs) {
      if (holds(conductorDocument(this.#run(this.#filled(final.path) as string)), until)) break;
      this.#scenario.advance(pollEveryMs);
    }
    const actual = conductorDocument(this.#run(this.#filled(final.path) as string));
    const differences: string[] = [];
    this.#match(final.body, actual, '$', final, differences);
    return differences;
  }

  #ask(method: string, path: string, body: Json): Json {
    const [route = '', query = ''] = path.split('?');
    const parts = route.split('/').slice(2);
    const parameters = new URLSearchParams(query);
    const object = isJsonObject(body) ? body : {};
    switch (`${method} ${routeOf(parts)}`) {
      case 'POST workflow':
        return this.#start(object);
      case 'GET workflow/*':
        return conductorDocument(this.#run(path));
      case 'DELETE workflow/*':
        this.#run(path).terminate(parameters.get('reason') ?? undefined);
        return null;
      case 'PUT workflow/*/pause':
        this.#run(path).pause();
        return null;
      case 'PUT workflow/*/resume':
        this.#run(path).resume();
        return null;
      case 'POST workflow/*/retry':
        this.#run(path).retry(parameters.get('resumeSubworkflowTasks') === 'true');
        return null;
      case 'POST workflow/*/restart':
        this.#run(path).restart(parameters.get('useLatestDefinitions') === 'true');
        return null;
      case 'POST workflow/*/rerun':
        return this.#rerun(this.#run(path), object);
      case 'PUT metadata/*':
        for (const definition of body as readonly Json[]) this.#scenario.definitions.putWorkflow(definition);
        return null;
      case 'PUT workflow/*/*':
        // Nobody needs to be told to decide.
        return null;
      case 'POST tasks':
        return this.#report(object);
      default:
        if (parts[2] === 'skiptask') {
          this.#run(path).skip(parts[3] ?? '');
          return null;
        }
        return this.#askTasks(method, parts, parameters, object);
    }
  }

  #askTasks(method: string, parts: readonly string[], parameters: URLSearchParams, body: JsonObject): Json {
    const [kind, second = '', third = '', fourth = ''] = parts;
    if (kind !== 'tasks') throw new Error(`the player does not know ${method} ${parts.join('/')}`);
    if (method === 'GET' && second === 'poll') {
      const domain = parameters.get('domain');
      const record = this.#poll(third === 'batch' ? fourth : third, domain, parameters);
      if (record === undefined) return [];
      const run = this.#scenario.run(record.workflowId);
      const task = run.seen.tasks.find(({ taskId }) => taskId === record.taskId);
      return task === undefined ? [] : [taskDocument(task, run)];
    }
    if (method === 'POST') {
      const run = this.#scenario.run(second);
      const output = { ...(run.task(third).output as JsonObject), ...body };
      run.report(third, fourth as ReportableStatus, output);
      return null;
    }
    if (method === 'GET') {
      const run = this.#scenario.run(second.slice(0, second.lastIndexOf('~')));
      const task = run.seen.tasks.find(({ taskId }) => taskId === second);
      return task === undefined ? null : taskDocument(task, run);
    }
    throw new Error(`the player does not know ${method} ${parts.join('/')}`);
  }

  #poll(type: string, domain: string | null, parameters: URLSearchParams) {
    return this.#scenario.poll(type, {
      workerId: parameters.get('workerid') ?? '',
      ...(domain !== null && { domain }),
    });
  }

  #start(request: JsonObject): Json {
    const { name, version, input, correlationId, priority, taskToDomain } = request;
    const run = this.#scenario.start(name as string, (input ?? {}) as JsonObject, {
      ...(version !== undefined && { version: version as number }),
      ...(correlationId !== undefined && { correlationId: correlationId as string }),
      ...(priority !== undefined && { priority: priority as number }),
      ...(taskToDomain !== undefined && { taskToDomain: taskToDomain as Record<string, string> }),
    });
    return run.id;
  }

  #rerun(run: Handle, { reRunFromTaskId, taskInput, workflowInput }: JsonObject): Json {
    run.send({
      type: 'RerunWorkflow',
      ...(reRunFromTaskId !== undefined && { fromTaskId: reRunFromTaskId as never }),
      ...(taskInput !== undefined && { taskInput: Payload.of(taskInput) }),
      ...(workflowInput !== undefined && { workflowInput: Payload.of(workflowInput) }),
    });
    return run.id;
  }

  #report(result: JsonObject): Json {
    const taskId = result['taskId'] as string;
    this.#scenario.send(workflowId(result['workflowInstanceId'] as string), {
      type: 'TaskResult',
      taskId: taskId as never,
      status: result['status'] as ReportableStatus,
      output: Payload.of(result['outputData'] ?? {}),
      callbackAfterSeconds: Number(result['callbackAfterSeconds'] ?? 0),
      extendLease: result['extendLease'] === true,
      logs: [],
      ...(result['workerId'] !== undefined && { workerId: result['workerId'] as string }),
      ...(result['reasonForIncompletion'] !== undefined && { reason: result['reasonForIncompletion'] as string }),
    });
    return taskId;
  }

  #run(path: string): Handle {
    return this.#scenario.run(/\/workflow\/(?:decide\/)?([^/?]+)/.exec(path)?.[1] ?? '');
  }

  /** `{{name}}` stands for what was bound to the name. */
  #filled(value: Json): Json {
    if (typeof value === 'string') {
      return value.replaceAll(/\{\{(\w+)\}\}/g, (_all, name: string) => this.#bound.get(name) ?? `unbound ${name}`);
    }
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => this.#filled(item));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#filled(item)]));
  }

  #match(expected: Json, actual: Json | undefined, path: string, final: RecordedFinal, differences: string[]): void {
    if (final.ignore.includes(path)) return;
    if (typeof expected === 'string') {
      if (!this.#matchesText(expected, actual)) differences.push(`${path}: ${expected} !== ${JSON.stringify(actual)}`);
    } else if (Array.isArray(expected)) {
      this.#matchList(expected as readonly Json[], actual, path, final, differences);
    } else if (isJsonObject(expected)) {
      const object = isJsonObject(actual) ? actual : {};
      const isDocument = path === '$' || /^\$\.tasks\[\d+\]$/.test(path);
      for (const key of new Set([...Object.keys(expected), ...(isDocument ? [] : Object.keys(object))])) {
        if (expected[key] === undefined) differences.push(`${path}.${key}: unexpected ${JSON.stringify(object[key])}`);
        else this.#match(expected[key], object[key], `${path}.${key}`, final, differences);
      }
    } else if (expected !== actual) {
      differences.push(`${path}: ${JSON.stringify(expected)} !== ${JSON.stringify(actual)}`);
    }
  }

  #matchList(
    expected: readonly Json[],
    actual: Json | undefined,
    path: string,
    final: RecordedFinal,
    differences: string[],
  ): void {
    const list = Array.isArray(actual) ? (actual as readonly Json[]) : [];
    if (list.length !== expected.length) {
      differences.push(`${path}: ${expected.length} elements expected, there are ${list.length}`);
      return;
    }
    const unordered = final.unordered.includes(path);
    const inOrder = (items: readonly Json[]): readonly Json[] =>
      unordered ? items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
    for (const [i, item] of inOrder(expected).entries()) {
      this.#match(item, inOrder(list)[i], `${path}[${i}]`, final, differences);
    }
  }

  /** Placeholders: `{{name}}` is the same value everywhere, `<n>` some digits, `<…>` alone whatever it was normalised to. */
  #matchesText(expected: string, actual: Json | undefined): boolean {
    if (/^<(?:epochMillis|millis|count|seconds|isoTime|host)>$/.test(expected)) return actual !== undefined;
    if (typeof actual !== 'string') return false;
    const names: string[] = [];
    const pattern = expected
      .split(/(\{\{\w+\}\}|<n>)/)
      .map((part) => {
        if (part === '<n>') return '\\d+';
        const name = /^\{\{(\w+)\}\}$/.exec(part)?.[1];
        if (name === undefined) return escaped(part);
        const bound = this.#bound.get(name);
        if (bound !== undefined) return escaped(bound);
        names.push(name);
        return '(.+)';
      })
      .join('');
    const match = new RegExp(`^${pattern}$`, 's').exec(actual);
    for (const [i, name] of names.entries())
      if (match?.[i + 1] !== undefined) this.#bound.set(name, match[i + 1] ?? '');
    return match !== null;
  }
}

/** Ids as stars. */
function routeOf([kind = '', ...rest]: readonly string[]): string {
  if (kind === 'tasks') return [kind, ...rest].join('/');
  if (rest[0] === 'decide') return 'workflow/*/*';
  return [kind, ...rest.map((part, i) => (i === 0 ? '*' : part))].join('/');
}

function holds(answer: Json, { path, equals }: NonNullable<RecordedStep['until']>): boolean {
  const value = valueAt(answer, path);
  return equals === undefined ? value !== undefined && value !== null : value === equals;
}

/** The value at `$`, `$.a.b` or `$[0].a`. */
function valueAt(document: Json, path: string): Json | undefined {
  let value: Json | undefined = document;
  for (const [, name, index] of path.matchAll(/\.(\w+)|\[(\d+)\]/g)) {
    if (name !== undefined) value = isJsonObject(value) ? value[name] : undefined;
    else value = Array.isArray(value) ? (value as readonly Json[])[Number(index)] : undefined;
  }
  return value;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
