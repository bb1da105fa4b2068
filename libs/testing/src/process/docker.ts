import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Whether a Docker engine answers: the command may be installed without one. */
export async function isDockerReachable(environment: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const host = environment['DOCKER_HOST'];
  if (host !== undefined && !host.startsWith('unix://')) {
    const url = URL.canParse(host) ? new URL(host) : undefined;
    if (url === undefined || url.protocol === 'ssh:') return false;
    return answersPing({ host: url.hostname, port: Number(url.port === '' ? 2375 : url.port) });
  }
  const sockets =
    host !== undefined
      ? [host.slice('unix://'.length)]
      : ['/var/run/docker.sock', join(homedir(), '.docker', 'run', 'docker.sock')];
  for (const socketPath of sockets) if (existsSync(socketPath) && (await answersPing({ socketPath }))) return true;
  return false;
}

function answersPing(target: { socketPath: string } | { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ ...target, path: '/_ping', timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.once('timeout', () => ping.destroy());
    ping.once('error', () => {
      resolve(false);
    });
    ping.once('close', () => {
      resolve(false);
    });
    ping.end();
  });
}
