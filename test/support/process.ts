import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface GatewayProcess extends AsyncDisposable {
  child: ChildProcess;
  dataDirectory: string;
  /** Standard output and error so far. */
  output(): string;
  /** Resolves with the output once it matches. */
  printed(pattern: RegExp, timeoutMs?: number): Promise<string>;
  /** Resolves with the exit code. */
  exited(): Promise<number | null>;
}

/** The gateway as an operator starts it: its own process, settings by environment only. */
export async function spawnGateway(
  environment: Record<string, string> = {},
  words: readonly string[] = [],
  [command, ...before]: readonly [string, ...string[]] = [process.execPath, 'src/start.js'],
): Promise<GatewayProcess> {
  const dataDirectory = environment.RETOUCH_DATA_DIR ?? (await mkdtemp(join(tmpdir(), 'retouch-process-')));
  const child = spawn(command, [...before, ...words], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', RETOUCH_PORT: '0', RETOUCH_DATA_DIR: dataDirectory, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  let output = '';
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const watcher of watchers) watcher();
    });
  }
  const printed = (pattern: RegExp, timeoutMs = 15_000): Promise<string> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const look = (): void => {
      if (pattern.test(output)) resolve(output);
    };
    const timer = setTimeout(() => reject(new Error(`No ${pattern} in:\n${output}`)), timeoutMs);
    watchers.add(look);
    look();
    return promise.finally(() => {
      clearTimeout(timer);
      watchers.delete(look);
    });
  };
  return {
    child,
    dataDirectory,
    output: () => output,
    printed,
    exited: () => exit,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exit;
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
