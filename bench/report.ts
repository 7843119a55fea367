import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { findNginx, type ProxyName } from './proxies.ts';
import type { Endurance, Run, Throughput } from './scenarios.ts';

/** Where the figures were taken. */
export interface Machine {
  date: string;
  commit: string;
  node: string;
  kernel: string;
  cpu: string;
  cores: number;
  memoryBytes: number;
}

/** And with what. */
export interface Circumstances extends Machine {
  nginx: string;
  rounds: number;
  secondsPerRun: number;
}

export interface Results {
  circumstances: Circumstances;
  throughput?: Throughput[];
  largeRequest?: Endurance[];
  manyInFlight?: Endurance[];
}

/** What the gateway has to reach. */
const targets = {
  throughputRatio: { imageBytes: 1_000_000, atLeast: 0.5 },
  largeRequest: { peakRssBytesBelow: 200_000_000 },
  manyInFlight: { peakRssBytesBelow: 400_000_000, lost: 0 },
};

export async function readCircumstances(rounds: number, secondsPerRun: number): Promise<Circumstances> {
  const nginx = execFileSync('sh', ['-c', '"$0" -v 2>&1', await findNginx()], { encoding: 'utf8' });
  return { ...readMachine(), nginx: /nginx\/(\S+)/.exec(nginx)?.[1] ?? 'unknown', rounds, secondsPerRun };
}

export function readMachine(): Machine {
  const git = (...words: string[]): string => execFileSync('git', words, { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', 'src') === '' ? '' : ' with changes';
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: git('rev-parse', '--short=12', 'HEAD') + changed,
    node: process.versions.node,
    kernel: release(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
  };
}

export function toMarkdown(results: Results): string {
  const { circumstances } = results;
  const parts = [
    `# Bench of ${circumstances.date}, commit ${circumstances.commit}`,
    `Node ${circumstances.node}, nginx ${circumstances.nginx}, Linux ${circumstances.kernel}, ${circumstances.cpu} × ${circumstances.cores}, ` +
      `${Math.round(circumstances.memoryBytes / 2 ** 30)} GiB. One core for the proxy, one for load and upstream. ` +
      `${circumstances.rounds} runs of ${circumstances.secondsPerRun} s each, in turns; the medians. Every reply's picture was compared byte by byte.`,
  ];
  if (results.throughput) parts.push('## 16 connections, 2 MB out', throughputTable(results.throughput));
  if (results.largeRequest) {
    const below = targets.largeRequest.peakRssBytesBelow;
    parts.push('## One request of 16 × 50 MB', enduranceTable(results.largeRequest, below));
  }
  if (results.manyInFlight) {
    const below = targets.manyInFlight.peakRssBytesBelow;
    parts.push('## 1,000 edits of 2 MB at once, upstream 10 s', enduranceTable(results.manyInFlight, below));
  }
  return `${parts.join('\n\n')}\n`;
}

function throughputTable(results: readonly Throughput[]): string {
  const rows = results.flatMap(({ imageBytes, runs }) => {
    const tuned = medianOf(runs['nginx tuned'], 'requestsPerSecond');
    return (Object.keys(runs) as ProxyName[]).map((name) => {
      const rate = medianOf(runs[name], 'requestsPerSecond');
      const isTarget = name === 'gateway' && imageBytes === targets.throughputRatio.imageBytes;
      return [
        toSize(imageBytes),
        name,
        rate.toFixed(1),
        medianOf(runs[name], 'cpuMsPerRequest').toFixed(1),
        medianOf(runs[name], 'medianMs').toFixed(0),
        medianOf(runs[name], 'p99Ms').toFixed(0),
        `${Math.round(medianOf(runs[name], 'loadCoreUse') * 100)} %`,
        (rate / tuned).toFixed(2),
        isTarget ? judge(rate / tuned >= targets.throughputRatio.atLeast, '≥ 0.50') : '',
      ];
    });
  });
  return toTable(
    ['in', 'proxy', 'requests/s', 'CPU ms each', 'median ms', 'p99 ms', 'load core', '× tuned', 'target'],
    rows,
  );
}

function enduranceTable(results: readonly Endurance[], peakRssBytesBelow: number): string {
  const rows = results.map((result) => {
    const reached = result.lost === 0 && result.peakRssBytes < peakRssBytesBelow;
    return [
      result.proxy,
      String(result.replies),
      String(result.lost),
      result.seconds.toFixed(1),
      String(result.mostAtOnceUpstream),
      toSize(result.peakRssBytes),
      result.proxy === 'gateway' ? judge(reached, `none lost, < ${toSize(peakRssBytesBelow)}`) : '',
    ];
  });
  return toTable(
    ['proxy', 'right replies', 'lost', 'seconds', 'most at upstream', 'peak RSS', 'target'],
    rows,
  );
}

function medianOf(runs: readonly Run[] | undefined, figure: keyof Run): number {
  const values = (runs ?? []).map((run) => run[figure]).sort((a, b) => a - b);
  const middle = Math.floor(values.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [values[Math.ceil(values.length / 2) - 1], values[middle]];
  return (low + high) / 2;
}

export function judge(reached: boolean, target: string): string {
  return `${target}: ${reached ? 'reached' : 'MISSED'}`;
}

function toSize(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} KB` : `${Math.round(bytes / 1_000_000)} MB`;
}

export function toTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const toLine = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [
    toLine(header),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...rows.map(toLine),
  ].join('\n');
}
