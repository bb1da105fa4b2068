import { spawn } from 'node:child_process';

/**
 * A program that cannot outlive those who need it. A small shell starts it and reads from a lifeline, a pipe that the
 * kernel closes when its last holder ends, however it ends; then the shell ends the program. While the shell lives,
 * the program's process id cannot be given to another process.
 */
export interface Launched {
  /** The program, not the shell. */
  readonly pid: number;
  /** The shell; it exits after the program. */
  readonly shellPid: number;
  /** Resolves when the program ended. */
  whenEnded(): Promise<void>;
  hasEnded(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** Lets go of the lifeline, waits for the end, uses force after `patienceMs`. */
  end(patienceMs?: number): Promise<void>;
}

export interface LaunchRequest {
  readonly command: readonly string[];
  /** Receives what the program prints. */
  readonly logFile: string;
  /** How the program is ended when the lifeline closes. */
  readonly endWith: 'TERM' | 'INT' | 'KILL';
  /** Named pipe to hold on to instead of a pipe from this process. */
  readonly lifeline?: string;
  /** Directory that goes when the lifeline closes. */
  readonly scratch?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
}

const shell = `
log=$1 lifeline=$2 signal=$3 scratch=$4
shift 4
"$@" >> "$log" 2>&1 < /dev/null &
child=$!
echo "$child"
exec > /dev/null 2>&1
if [ -n "$lifeline" ]; then exec 3< "$lifeline"; else exec 3<&0; fi
(
  while read -r _ <&3; do :; done
  trap '' TERM
  kill -s "$signal" "$child"
  kill -s CONT "$child"
  rounds=0
  while kill -0 "$child"; do
    sleep 0.1
    rounds=$((rounds + 1))
    if [ "$rounds" -eq 150 ]; then kill -s KILL "$child"; fi
  done
  if [ -n "$scratch" ]; then rm -rf "$scratch"; fi
) &
watcher=$!
wait "$child"
kill "$watcher"
wait "$watcher"
`;

export async function launch(request: LaunchRequest): Promise<Launched> {
  const args = [request.logFile, request.lifeline ?? '', request.endWith, request.scratch ?? '', ...request.command];
  const child = spawn('/bin/sh', ['-c', shell, 'sh', ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true, // an interrupt at the terminal is for us; the program ends when we let go
    cwd: request.cwd ?? '/',
    ...(request.env === undefined ? {} : { env: request.env }),
    ...(request.uid === undefined ? {} : { uid: request.uid }),
    ...(request.gid === undefined ? {} : { gid: request.gid }),
  });
  let over = false;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      over = true;
      resolve();
    });
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.stdout.once('data', (line: Buffer) => {
      resolve(Number(line.toString('utf8').trim()));
    });
    child.once('exit', () => {
      reject(new Error(`${request.command[0] ?? ''} could not be started`));
    });
  });
  child.stdout.destroy();
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  const signal = (name: NodeJS.Signals): void => {
    if (!over) process.kill(pid, name);
  };
  return {
    pid,
    shellPid: child.pid ?? 0,
    whenEnded() {
      child.ref(); // who waits for it is not done
      return ended;
    },
    hasEnded: () => over,
    signal,
    async end(patienceMs = 15_000) {
      child.ref();
      child.stdin.end();
      if (!over) process.kill(pid, 'SIGCONT'); // a frozen program hears nothing
      const force = setTimeout(() => {
        signal('SIGKILL');
      }, patienceMs);
      await ended;
      clearTimeout(force);
    },
  };
}
