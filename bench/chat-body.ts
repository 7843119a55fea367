import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { LoopReport } from './loop-probe.ts';
import { createPng } from './payload.ts';
import {
  ask,
  findFreePort,
  loadCore,
  proxyCore,
  readPeakRssBytes,
  start,
  stop,
  waitUntilReady,
} from './processes.ts';
import { openProxy } from './proxies.ts';
import { judge, readMachine, toTable } from './report.ts';
import type { UpstreamOrder, UpstreamReport } from './upstream.ts';

/**
 * A chat with a picture of 37.5 MB as a data URL passes through the gateway, and through a program that parses and
 * writes the same body: how long does the event loop stand still, and how much memory does it take?
 */
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, 'dry-run': { type: 'boolean', default: false } },
});

const targets = { longestWorkMsBelow: 50, peakRssBytesBelow: 150_000_000 };
const probe = join(import.meta.dirname, 'loop-probe.ts');
const pictureBytes = 37_500_000;

interface Subject {
  name: string;
  url: string;
  headers: Record<string, string>;
  pid: number;
  probeFile: string;
  stop(): Promise<void>;
}

interface Round extends LoopReport {
  seconds: number;
}

interface Result {
  name: string;
  rounds: Round[];
  /** With nothing to do, as long as the first round took: what the machine itself adds. */
  idle: LoopReport;
  peakRssBytes: number;
}

execFileSync('taskset', ['-acp', String(loadCore), String(process.pid)]);
const folder = await mkdtemp(join(tmpdir(), 'retouch-bench-'));
const upstream = start([process.execPath, join(import.meta.dirname, 'upstream.ts')], {
  core: loadCore,
  messages: true,
});
try {
  const order: UpstreamOrder = { order: 'listen', delayMs: 0 };
  const { port } = await ask<UpstreamReport>(upstream, order);
  const body = createBody();
  const results: Result[] = [];
  for (const open of [openGateway, openNaive]) {
    const subject = await open(port);
    results.push(await measure(subject, body).finally(() => subject.stop()));
  }
  const text = toMarkdown(results, body.length);
  process.stdout.write(`\n${text}`);
  if (!values['dry-run']) await save(text, results);
} finally {
  await stop(upstream);
  await rm(folder, { recursive: true });
}

function createBody(): Buffer {
  const url = `data:image/png;base64,${createPng(pictureBytes).toString('base64')}`;
  const content = [
    { type: 'text', text: 'make it warmer' },
    { type: 'image_url', image_url: { url } },
  ];
  return Buffer.from(JSON.stringify({ model: 'openai/gpt-image-2', messages: [{ role: 'user', content }] }));
}

async function openGateway(upstreamPort: number): Promise<Subject> {
  const probeFile = join(folder, 'gateway-probe.json');
  const gateway = await openProxy.gateway({
    upstreamPort,
    folder: join(folder, 'gateway'),
    probe,
    probeFile,
  });
  return { ...gateway, probeFile, url: gateway.url.replace('images/edits', 'chat/completions') };
}

async function openNaive(upstreamPort: number): Promise<Subject> {
  const probeFile = join(folder, 'naive-probe.json');
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}/`;
  const naive = join(import.meta.dirname, 'naive-proxy.ts');
  const child = start([process.execPath, '--import', probe, naive, String(port), String(upstreamPort)], {
    core: proxyCore,
    env: { PATH: process.env.PATH, BENCH_PROBE_FILE: probeFile },
  });
  await waitUntilReady(url, child);
  const name = 'JSON.parse + JSON.stringify';
  return { name, url, headers: {}, pid: child.pid ?? 0, probeFile, stop: () => stop(child) };
}

async function measure(subject: Subject, body: Buffer): Promise<Result> {
  const rounds: Round[] = [];
  for (let round = 1; round <= Number(values.rounds); round++) {
    await readProbe(subject);
    const since = performance.now();
    await post(subject, body);
    const seconds = (performance.now() - since) / 1000;
    const report = { ...(await readProbe(subject)), seconds };
    rounds.push(report);
    process.stderr.write(
      `${subject.name}: ${report.longestWorkMs.toFixed(0)} ms at work, ${seconds.toFixed(1)} s\n`,
    );
  }
  await delay((rounds[0]?.seconds ?? 1) * 1000);
  return {
    name: subject.name,
    rounds,
    idle: await readProbe(subject),
    peakRssBytes: await readPeakRssBytes(subject.pid),
  };
}

/** What the probe saw since it was last asked. */
async function readProbe({ pid, probeFile }: Subject): Promise<LoopReport> {
  await rm(probeFile, { force: true });
  process.kill(pid, 'SIGUSR2');
  for (let tries = 0; tries < 500; tries++) {
    await delay(10);
    const text = await readFile(probeFile, 'utf8').catch(() => '');
    if (text.endsWith('}')) return JSON.parse(text);
  }
  throw new Error(`no word from the probe in ${pid}`);
}

function post({ url, headers }: Subject, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': body.length },
    });
    call.on('error', reject).on('response', (response) => {
      let bytes = 0;
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
      });
      response.on('error', reject).on('end', () => {
        const isRight = response.statusCode === 200 && bytes > 1_900_000;
        if (isRight) resolve();
        else reject(new Error(`${url} answered ${response.statusCode} with ${bytes} bytes`));
      });
    });
    call.end(body);
  });
}

function toMarkdown(results: readonly Result[], bodyBytes: number): string {
  const machine = readMachine();
  const rows = results.map(({ name, rounds, idle, peakRssBytes }) => {
    const work = rounds.map(({ longestWorkMs }) => longestWorkMs);
    const isReached =
      Math.max(...work) < targets.longestWorkMsBelow && peakRssBytes < targets.peakRssBytesBelow;
    return [
      name,
      toSpread(work),
      toSpread(rounds.map(({ longestWaitMs }) => longestWaitMs)),
      idle.longestWaitMs.toFixed(0),
      (peakRssBytes / 1e6).toFixed(0),
      toSpread(rounds.map(({ seconds }) => seconds * 1000)),
      name === 'gateway'
        ? judge(
            isReached,
            `< ${targets.longestWorkMsBelow} ms at work, < ${targets.peakRssBytesBelow / 1e6} MB`,
          )
        : '',
    ];
  });
  return [
    `# A chat body of ${Math.round(bodyBytes / 1e6)} MB, ${machine.date}, commit ${machine.commit}`,
    `Node ${machine.node}, Linux ${machine.kernel}, ${machine.cpu} × ${machine.cores}. One request at a time, ${values.rounds} rounds; median (worst). ` +
      "At work: the longest stretch of the event loop's own thread, in CPU time. Waiting: the longest wait for the loop, which " +
      'also grows where other programs have the core; idle tells by how much.',
    toTable(
      ['', 'at work ms', 'waiting ms', 'idle: waiting ms', 'peak RSS MB', 'request ms', 'target'],
      rows,
    ),
    '',
  ].join('\n\n');
}

function toSpread(figures: readonly number[]): string {
  const sorted = figures.toSorted((left, right) => left - right);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return `${median.toFixed(0)} (${Math.max(...figures).toFixed(0)})`;
}

async function save(text: string, results: readonly Result[]): Promise<void> {
  const { date, commit } = readMachine();
  const path = join(import.meta.dirname, 'results', `${date}-${commit.slice(0, 7)}-chat-body`);
  await mkdir(join(import.meta.dirname, 'results'), { recursive: true });
  await writeFile(`${path}.json`, `${JSON.stringify({ ...readMachine(), results }, null, 2)}\n`);
  await writeFile(`${path}.md`, text);
  process.stdout.write(`\nWritten to ${path}.md and .json\n`);
}
