import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { LoadOrder, LoadReport } from './load.ts';
import { ask, loadCore, readCpuMs, readPeakRssBytes, start, stop } from './processes.ts';
import { openProxy, type ProxyName, type ProxyUnderTest } from './proxies.ts';
import type { UpstreamOrder, UpstreamReport } from './upstream.ts';

export interface BenchOptions {
  proxies: readonly ProxyName[];
  /** For the throughput, in bytes. */
  imageSizes: readonly number[];
  rounds: number;
  /** Of each run. */
  seconds: number;
  folder: string;
  profileFolder?: string | undefined;
  log(line: string): void;
}

/** What one run of one proxy came to. */
export interface Run {
  requestsPerSecond: number;
  /** Of the proxy, its threads and children. */
  cpuMsPerRequest: number;
  /** How busy the other core was with load and upstream; near 1 it was they that set the pace. */
  loadCoreUse: number;
  medianMs: number;
  p99Ms: number;
}

export interface Throughput {
  imageBytes: number;
  runs: Partial<Record<ProxyName, Run[]>>;
}

/** Many small things at once, or one big: what it took. */
export interface Endurance {
  proxy: ProxyName;
  replies: number;
  lost: number;
  seconds: number;
  mostAtOnceUpstream: number;
  peakRssBytes: number;
}

const connections = 16;
const maxAttempts = 3;
/** A server runs for days: what it costs while V8 still compiles it is not what it costs. */
const warmUpSeconds = 12;

/** Requests per second and CPU, runs of the proxies in turns, so that a noisy minute hurts them alike. */
export async function measureThroughput(options: BenchOptions): Promise<Throughput[]> {
  return withWorkers(options, 0, async (workers, proxies) => {
    const results: Throughput[] = [];
    for (const imageBytes of options.imageSizes) {
      const order = { imageBytes, imageCount: 1, connections, seconds: options.seconds };
      const result: Throughput = { imageBytes, runs: {} };
      for (const proxy of proxies) await runOnce(workers, proxy, { ...order, seconds: warmUpSeconds });
      for (let round = 1; round <= options.rounds; round++) {
        for (const proxy of proxies) {
          const run = await runOnce(workers, proxy, order);
          result.runs[proxy.name] = [...(result.runs[proxy.name] ?? []), run];
          const rate = `${run.requestsPerSecond.toFixed(1)} requests/s, ${run.cpuMsPerRequest.toFixed(1)} ms CPU each`;
          options.log(`${imageBytes} bytes in, round ${round}, ${proxy.name}: ${rate}`);
        }
      }
      results.push(result);
    }
    return results;
  });
}

/** One request of 16 pictures of 50,000,000 bytes. */
export function measureLargeRequest(options: BenchOptions): Promise<Endurance[]> {
  const order = { imageBytes: 50_000_000, imageCount: 16, connections: 1, requests: 1 };
  return endure(options, 0, order);
}

/** 1,000 edits of 2 MB at once, against a vendor that takes 10 s. */
export function measureManyInFlight(options: BenchOptions): Promise<Endurance[]> {
  const order = { imageBytes: 2_000_000, imageCount: 1, connections: 1000, requests: 1000 };
  return endure(options, 10_000, order);
}

async function endure(
  options: BenchOptions,
  delayMs: number,
  order: Omit<LoadOrder, 'url' | 'headers' | 'seconds'> & { requests: number },
): Promise<Endurance[]> {
  const results: Endurance[] = [];
  for (const name of options.proxies) {
    // A fresh process each, since a peak of memory stays a peak.
    const [result] = await withWorkers({ ...options, proxies: [name] }, delayMs, async (workers, proxies) =>
      Promise.all(
        proxies.map(async (proxy) => {
          const report = await post(workers, proxy, { ...order, seconds: 300 });
          const { mostAtOnce } = await ask<UpstreamReport>(workers.upstream, { order: 'report' });
          return {
            proxy: name,
            replies: report.replies,
            lost: order.requests - report.replies,
            seconds: report.seconds,
            mostAtOnceUpstream: mostAtOnce,
            peakRssBytes: await readPeakRssBytes(proxy.pid),
            failures: report.failures,
          };
        }),
      ),
    );
    if (!result) continue;
    options.log(
      `${order.requests} × ${order.imageCount} × ${order.imageBytes} bytes: ${JSON.stringify(result)}`,
    );
    results.push(result);
  }
  return results;
}

interface Workers {
  upstream: ChildProcess;
  load: ChildProcess;
}

async function runOnce(
  workers: Workers,
  proxy: ProxyUnderTest,
  order: Omit<LoadOrder, 'url' | 'headers'>,
  attempt = 1,
): Promise<Run> {
  const readLoadCpuMs = async (): Promise<number> =>
    (await readCpuMs(workers.upstream.pid ?? 0)) + (await readCpuMs(workers.load.pid ?? 0));
  // Forgets what it was asked before: a proxy's first sign of life goes through to the upstream.
  await ask<UpstreamReport>(workers.upstream, { order: 'report' });
  const [cpuBefore, loadCpuBefore] = [await readCpuMs(proxy.pid), await readLoadCpuMs()];
  const report = await post(workers, proxy, order);
  const [cpuAfter, loadCpuAfter] = [await readCpuMs(proxy.pid), await readLoadCpuMs()];
  const upstream = await ask<UpstreamReport>(workers.upstream, { order: 'report' });
  if (Object.keys(report.failures).length > 0) {
    const lost = `${proxy.name} lost requests: ${JSON.stringify(report.failures)}`;
    // Of the peers it says nothing but that the run is to be made again; the gateway loses none.
    if (proxy.name === 'gateway' || attempt === maxAttempts) throw new Error(lost);
    process.stderr.write(`${lost}; once more\n`);
    return runOnce(workers, proxy, order, attempt + 1);
  }
  if (upstream.requests !== report.replies) {
    throw new Error(
      `${proxy.name}: ${report.replies} replies, but the upstream saw ${upstream.requests} requests`,
    );
  }
  return {
    requestsPerSecond: report.repliesInTime / order.seconds,
    cpuMsPerRequest: (cpuAfter - cpuBefore) / report.replies,
    loadCoreUse: (loadCpuAfter - loadCpuBefore) / (report.seconds * 1000),
    medianMs: report.medianMs,
    p99Ms: report.p99Ms,
  };
}

function post(
  workers: Workers,
  proxy: ProxyUnderTest,
  order: Omit<LoadOrder, 'url' | 'headers'>,
): Promise<LoadReport> {
  return ask<LoadReport>(workers.load, { ...order, url: proxy.url, headers: proxy.headers });
}

/** Starts load, upstream and the proxies, and ends them in every case. */
async function withWorkers<Result>(
  options: BenchOptions,
  delayMs: number,
  work: (workers: Workers, proxies: readonly ProxyUnderTest[]) => Promise<Result>,
): Promise<Result> {
  const startWorker = (file: string): ChildProcess =>
    start([process.execPath, join(import.meta.dirname, file)], { core: loadCore, messages: true });
  const workers = { upstream: startWorker('upstream.ts'), load: startWorker('load.ts') };
  const proxies: ProxyUnderTest[] = [];
  try {
    const listen: UpstreamOrder = { order: 'listen', delayMs };
    const { port } = await ask<UpstreamReport>(workers.upstream, listen);
    for (const name of options.proxies) {
      const folder = join(options.folder, `${name.replaceAll(' ', '-')}-${proxies.length}-${Date.now()}`);
      proxies.push(
        await openProxy[name]({ upstreamPort: port, folder, profileFolder: options.profileFolder }),
      );
    }
    return await work(workers, proxies);
  } finally {
    await Promise.all([...proxies.map((proxy) => proxy.stop()), stop(workers.upstream), stop(workers.load)]);
  }
}
