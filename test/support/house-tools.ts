import { execFile } from 'node:child_process';
import { cp, readdir, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Where code lives, as the `check` script and the tools' own files say it. */
const roots = ['src', 'test', 'bench', 'scripts'];
const rules = [
  'biome.json',
  'knip.json',
  'tsconfig.json',
  'vitest.config.ts',
  'package.json',
  '.dependency-cruiser.mjs',
];

/** One complaint of one tool about one file: `biome lint/suspicious/noConsole src/wire/prints.ts`. */
export type Complaint = `${string} ${string} ${string}`;

export interface Inspection {
  complaints: Complaint[];
  /** The modules that dependency-cruiser has read, as paths from the root. */
  modules: string[];
}

/** Copies what is in `from` and puts the house's real rule files and packages beside it. */
export async function furnish(from: string, to: string): Promise<void> {
  for (const root of roots) {
    const filter = (path: string): boolean => isCode(relative(from, path));
    await cp(join(from, root), join(to, root), { recursive: true, filter });
  }
  for (const file of rules) await cp(join(repository, file), join(to, file));
  await symlink(join(repository, 'node_modules'), join(to, 'node_modules'));
}

/** All files of code, as paths from `root` with forward slashes. */
export async function listCode(root: string, ending = '.ts'): Promise<string[]> {
  const found: string[] = [];
  for (const folder of roots) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(ending));
    found.push(...files.map((file) => relative(root, join(file.parentPath, file.name))));
  }
  return found.filter(isCode).sort();
}

/** Runs the tools of `npm run check` over a house, each as that script runs it. */
export async function inspect(root: string): Promise<Inspection> {
  const [types, style, imports, leftovers] = await Promise.all([
    run(root, 'tsc', ['--pretty', 'false']),
    run(root, 'biome', ['check', '--error-on-warnings', '--reporter=json', '--max-diagnostics=none']),
    run(root, 'depcruise', [...roots, '--config', '.dependency-cruiser.mjs', '--output-type', 'json']),
    run(root, 'knip', ['--reporter', 'json']),
  ]);
  const cruise = JSON.parse(imports) as Cruise;
  return {
    complaints: [
      ...readTypeErrors(types),
      ...(JSON.parse(style) as Style).diagnostics.map(
        ({ category, location }) => `biome ${category} ${location.path}` as const,
      ),
      ...cruise.summary.violations.map(({ rule, from }) => `depcruise ${rule.name} ${from}` as const),
      ...readLeftovers(JSON.parse(leftovers) as Leftovers),
    ],
    modules: cruise.modules.map(({ source }) => source),
  };
}

interface Cruise {
  modules: { source: string }[];
  summary: { violations: { rule: { name: string }; from: string; to: string }[] };
}

interface Style {
  diagnostics: { category: string; location: { path: string } }[];
}

interface Leftovers {
  issues: Record<string, unknown>[];
}

/** Which import broke which rule: `plan-wire src/wire/index.ts src/http/index.ts`. */
export async function inspectImports(root: string): Promise<Complaint[]> {
  const output = await run(root, 'depcruise', [
    'src',
    '--config',
    '.dependency-cruiser.mjs',
    '--output-type',
    'json',
  ]);
  const { violations } = (JSON.parse(output) as Cruise).summary;
  return violations.map(({ rule, from, to }) => `${rule.name} ${from} ${to}` as const);
}

function readTypeErrors(output: string): Complaint[] {
  const lines = output.matchAll(/^(\S+)\(\d+,\d+\): error (TS\d+)/gm);
  return [...lines].map(([, file, code]) => `tsc ${code} ${file}` as const);
}

function readLeftovers({ issues }: Leftovers): Complaint[] {
  return issues.flatMap((issue) =>
    Object.entries(issue)
      .filter(([, found]) => Array.isArray(found) && found.length > 0)
      .map(([kind]) => `knip ${kind} ${issue.file}` as const),
  );
}

/** What a tool of ours prints; that it ends with a failure is expected here, that it prints nothing is not. */
function run(root: string, tool: string, parameters: readonly string[]): Promise<string> {
  const tools = join(repository, 'node_modules', '.bin');
  const env = { ...process.env, PATH: `${tools}:${process.env.PATH}`, NO_COLOR: '1' };
  return new Promise((resolve, reject) => {
    execFile(
      join(tools, tool),
      parameters,
      { cwd: root, env, maxBuffer: 100_000_000, timeout: 170_000 },
      (error, stdout, stderr) => {
        if (stdout === '') reject(new Error(`${tool} printed nothing: ${stderr}`, { cause: error }));
        else resolve(stdout);
      },
    );
  });
}

/** Neither packages, nor results, nor the ruins, which lie inside the sound house. */
function isCode(path: string): boolean {
  return !/(^|\/)node_modules(\/|$)|^bench\/results|^test\/support\/bad-house/.test(path);
}
