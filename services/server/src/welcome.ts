import { resolve } from 'node:path';
import type { RunningServer } from './run-server.ts';
import { roles, type ServerConfig } from './settings.ts';

/** What a person sees when everything is up: where it is, and what to try. */
export function welcome(config: ServerConfig, { url, partitions }: Pick<RunningServer, 'url' | 'partitions'>): string {
  const whole = config.roles.length === roles.length;
  const api = config.roles.includes('api');
  const lines = [
    `Partitura (${whole ? 'all roles' : config.roles.join(', ')}) is ready: ${url}${api ? '/api' : '/health'}`,
  ];
  if (api) {
    const where =
      config.log === 'embedded'
        ? `embedded log and database in ${resolve(config.dataDir)}`
        : `Kafka at ${config.kafkaBrokers.join(', ')}${config.databaseUrl === undefined ? `, database in ${resolve(config.dataDir)}` : ''}`;
    lines.push(
      `  ${where}, ${partitions} partitions`,
      `  try it     curl -X POST ${url}/api/metadata/workflow -H 'content-type: application/json' -d @deploy/examples/workflows/hello.json`,
      `             curl -X POST ${url}/api/workflow/hello -H 'content-type: application/json' -d '{"name":"you"}'`,
      `             curl '${url}/api/tasks/poll/greet?workerid=me'`,
      `  workers    any Conductor SDK: CONDUCTOR_SERVER_URL=${url}/api`,
      `  look       ${url}/swagger-ui   ${url}/health   ${url}/metrics`,
    );
  }
  return lines.join('\n');
}
