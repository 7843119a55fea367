import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** The proxy has a core to itself; what loads it and what it calls share the other. */
export const proxyCore = 0;
export const loadCore = 1;

const millisecondsPerTick = 10;

export interface StartOptions {
  core: number;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Talk to it with `ask`. */
  messages?: boolean;
}

/** Starts a program on one core. Its complaints go to our stderr. */
export function start(command: readonly string[], options: StartOptions): ChildProcess {
  const stdio = options.messages ? (['ignore', 'ignore', 'inherit', 'ipc'] as const) : undefined;
  return spawn('taskset', ['--cpu-list', String(options.core), ...command], {
    stdio: stdio ? [...stdio] : ['ignore', 'ignore', 'inherit'],
    ...(options.env && { env: options.env }),
    ...(options.cwd && { cwd: options.cwd }),
  });
}

/** Ends a program that we started, and waits until it has gone. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await gone;
  clearTimeout(late);
}

/** Sends one message to a child and waits for the one it answers with. */
export function ask<Answer>(child: ChildProcess, message: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: unknown): void => {
      child.off('exit', onExit);
      resolve(answer as Answer);
    };
    const onExit = (code: number | null): void => {
      child.off('message', onMessage);
      reject(new Error(`a bench process ended early, with ${code}`));
    };
    child.once('message', onMessage);
    child.once('exit', onExit);
    child.send(message);
  });
}

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** Waits until the address answers at all. */
export async function waitUntilReady(url: string, child: ChildProcess): Promise<void> {
  const endsAt = Date.now() + 20_000;
  while (Date.now() < endsAt) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode} before it was ready`);
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer) return;
    await delay(50);
  }
  throw new Error(`${url} did not answer within 20 s`);
}

/** CPU time that a process, its threads and its living children have used. */
export async function readCpuMs(pid: number): Promise<number> {
  let ticks = 0;
  for (const member of await listTree(pid)) {
    const fields = (await readFile(`/proc/${member}/stat`, 'latin1')).split(') ')[1]?.split(' ') ?? [];
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * millisecondsPerTick;
}

/** The most memory a process has had resident since it began. */
export async function readPeakRssBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}

async function listTree(pid: number): Promise<number[]> {
  const members = [pid];
  for (const thread of await readdir(`/proc/${pid}/task`).catch(() => [])) {
    const children = await readFile(`/proc/${pid}/task/${thread}/children`, 'latin1').catch(() => '');
    for (const child of children.split(' ').filter(Boolean)) members.push(...(await listTree(Number(child))));
  }
  return members;
}
