import { HttpConnection, type HttpAnswer } from './http-connection.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface HandedTask {
  readonly workflowInstanceId: string;
  readonly taskId: string;
}

/** What every server with Conductor's REST does, over as many connections as there are calls at a time. */
export class Conductor {
  readonly #base: URL;
  readonly #prefix: string;
  readonly #free: HttpConnection[] = [];
  readonly #all = new Set<HttpConnection>();

  /** @param base address of the API, with its path: `http://127.0.0.1:8080/api` */
  constructor(base: string) {
    this.#base = new URL(base);
    this.#prefix = this.#base.pathname.replace(/\/$/, '');
  }

  async call(method: Method, path: string, body?: unknown): Promise<HttpAnswer> {
    const connection = this.#free.pop() ?? this.#connect();
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await connection.request(method, `${this.#prefix}${path}`, text);
    this.#free.push(connection);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${answer.body.toString().slice(0, 300)}`);
    return answer;
  }

  async json<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const answer = await this.call(method, path, body);
    return JSON.parse(answer.body.toString()) as T;
  }

  async register(workflows: readonly object[], taskTypes: readonly string[]): Promise<void> {
    if (taskTypes.length > 0)
      await this.call(
        'POST',
        '/metadata/taskdefs',
        taskTypes.map((name) => ({
          name,
          retryCount: 0,
          timeoutSeconds: 0,
          responseTimeoutSeconds: 3_600,
          ownerEmail: 'bench@example.com',
        })),
      );
    await this.call('PUT', '/metadata/workflow', workflows);
  }

  /** Starts a workflow and waits in the same call until it has ended; resolves to its id. */
  async execute(name: string, input: object = {}, version = 1): Promise<string> {
    const path = `/workflow/execute/${name}/${version}?waitForSeconds=60`;
    const { body } = await this.call('POST', path, { name, version, input });
    // Parsing would cost more than the rest of the call: nothing of a run that went well has another status.
    const text = body.toString('latin1');
    if (!text.includes('"COMPLETED"') || /"status"\s*:\s*"(?!COMPLETED")/.test(text))
      throw new Error(`a run of ${name} did not complete: ${text.slice(0, 500)}`);
    return /"workflowId"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? '';
  }

  async start(name: string, input: object = {}, version = 1): Promise<string> {
    const { body } = await this.call('POST', '/workflow', { name, version, input });
    return body.toString().replaceAll('"', '');
  }

  close(): void {
    for (const connection of this.#all) connection.close();
  }

  #connect(): HttpConnection {
    const connection = new HttpConnection(this.#base);
    this.#all.add(connection);
    return connection;
  }
}
