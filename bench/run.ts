import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findNginx, openProxy, type ProxyName } from './proxies.ts';
import { type Results, readCircumstances, toMarkdown } from './report.ts';
import {
  type BenchOptions,
  measureLargeRequest,
  measureManyInFlight,
  measureThroughput,
} from './scenarios.ts';

const scenarios = {
  throughput: measureThroughput,
  largeRequest: measureLargeRequest,
  manyInFlight: measureManyInFlight,
} satisfies Record<keyof Omit<Results, 'circumstances'>, unknown>;

const { values } = parseArgs({
  options: {
    scenarios: { type: 'string', default: Object.keys(scenarios).join() },
    proxies: { type: 'string', default: Object.keys(openProxy).join() },
    'image-sizes': { type: 'string', default: '10000,1000000,20000000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    profile: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  },
});

await findNginx();
const folder = await mkdtemp(join(tmpdir(), 'retouch-bench-'));
try {
  const options: BenchOptions = {
    proxies: values.proxies.split(',') as ProxyName[],
    imageSizes: values['image-sizes'].split(',').map(Number),
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    folder,
    profileFolder: values.profile,
    log: (line) => process.stderr.write(`${line}\n`),
  };
  const results: Results = { circumstances: await readCircumstances(options.rounds, options.seconds) };
  for (const name of values.scenarios.split(',') as (keyof typeof scenarios)[]) {
    Object.assign(results, { [name]: await scenarios[name](options) });
  }
  process.stdout.write(`\n${toMarkdown(results)}`);
  if (!values['dry-run']) await save(results);
} finally {
  await rm(folder, { recursive: true });
}

async function save(results: Results): Promise<void> {
  const { date, commit } = results.circumstances;
  const path = join(import.meta.dirname, 'results', `${date}-${commit.slice(0, 7)}`);
  await mkdir(join(import.meta.dirname, 'results'), { recursive: true });
  await writeFile(`${path}.json`, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(`${path}.md`, toMarkdown(results));
  process.stdout.write(`\nWritten to ${path}.md and .json\n`);
}
