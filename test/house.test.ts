import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import house, { plan } from '../.dependency-cruiser.mjs';
import biome from '../biome.json' with { type: 'json' };
import packageFile from '../package.json' with { type: 'json' };
import {
  type Complaint,
  furnish,
  type Inspection,
  inspect,
  inspectImports,
  listCode,
  repository,
} from './support/house-tools.ts';
import { findMisplacedWords, wordRules } from './support/house-words.ts';

const ruins = join(repository, 'test/support/bad-house');
/** Each starts the real tools; on a busy machine that takes its time. */
const slow = { timeout: 180_000 };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retouch-house-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

test('`npm run check` runs every tool, and warnings stop it', () => {
  for (const step of [
    'tsc &&',
    'biome check --error-on-warnings &&',
    'depcruise src test bench scripts --config .dependency-cruiser.mjs &&',
    'knip &&',
    'vitest run test/house.test.ts',
  ]) {
    expect(packageFile.scripts.check).toContain(step);
  }
});

test('every word is at home', async () => {
  const files = (await listCode(repository, 's')).filter((file) => /^src\/.*\.[jt]s$/.test(file));
  expect(files).toContain('src/start.js');
  expect(await findMisplacedWords(repository, files, await listProviders(repository))).toEqual([]);
});

test('every room on disk is in the plan and has a door, and no room is planned that is not there', async () => {
  const rooms = await listFolders(join(repository, 'src'));
  expect(rooms).toEqual(Object.keys(plan).sort());
  for (const room of rooms.filter((name) => name !== 'core')) {
    const door = await readFile(join(repository, 'src', room, 'index.ts'), 'utf8');
    expect(door, `src/${room}/index.ts only re-exports`).toMatch(
      /^(\s*export (type )?\{[^}]*\} from '[^']+';)+\s*$/,
    );
  }
});

test('docs/architecture.md says every rule, in the rule file’s own words', async () => {
  const text = await readFile(join(repository, 'docs/architecture.md'), 'utf8');
  const sentences = [...house.forbidden, ...wordRules].map(({ comment }) => comment);
  expect(sentences.filter((sentence) => !text.includes(sentence))).toEqual([]);
});

test('every tool sees every file of the house', slow, async () => {
  const copy = join(folder, 'copy');
  await furnish(repository, copy);
  const files = await listCode(copy);
  for (const file of files) {
    await appendFile(
      join(copy, file),
      "\nimport 'nobody-lists-me'\nexport const planted: number = 'ruin';\n",
    );
  }
  const { complaints, modules } = await inspect(copy);
  const seenBy = (tool: string): string[] => listFilesOf(complaints, tool, files);

  expect(files.length).toBeGreaterThan(30);
  expect(seenBy('tsc')).toEqual(files);
  expect(seenBy('biome')).toEqual(files);
  expect(modules.filter((module) => files.includes(module)).sort()).toEqual(files);
  expect(seenBy('knip')).toEqual(files);
});

test('every planted violation is refused by its name, and nothing else is', slow, async () => {
  const ruin = join(folder, 'ruin');
  await furnish(ruins, ruin);
  await plantLongFile(join(ruin, 'src/wire/too-long.ts'));
  await plantLongFunction(join(ruin, 'src/wire/function-too-long.ts'));
  const expected = await readExpectations(ruin);
  const found = [...(await inspect(ruin)).complaints, ...(await findWords(ruin))];
  // Nothing in the ruin starts from main.ts, so that all of it is unused; only some files are there to show it.
  const relevant = found.filter(
    (complaint) => !complaint.startsWith('knip ') || expected.includes(complaint),
  );

  expect([...new Set(relevant)].sort()).toEqual(expected);
  expect(listUnproven(expected)).toEqual([]);
});

test('every import that the plan does not list is refused', slow, async () => {
  const rooms = Object.keys(plan);
  const crossing = join(folder, 'crossing');
  await furnish(ruins, crossing);
  await rm(join(crossing, 'src'), { recursive: true });
  for (const room of rooms) await plantCrossings(crossing, room, rooms);
  const refused = await inspectImports(crossing);
  const isPlanned = (from: string, to: string): boolean =>
    from === to || to === 'core' || (plan as Record<string, string[]>)[from]?.includes(to) === true;
  const expected = rooms.flatMap((from) =>
    rooms
      .filter((to) => !isPlanned(from, to))
      .map((to) => `plan-${from} src/${from}/crosses.ts src/${to}/index.ts`),
  );

  expect(refused.filter((name) => name.startsWith('plan-')).sort()).toEqual(expected.sort());
});

/** Folders with a file in them; git does not keep others. */
async function listFolders(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const folders = files.map((file) => relative(root, file.parentPath).split('/')[0] ?? '');
  return [...new Set(folders)].filter((folder) => folder !== '').sort();
}

function listProviders(root: string): Promise<string[]> {
  return listFolders(join(root, 'src/providers'));
}

async function findWords(root: string): Promise<Complaint[]> {
  const files = (await listCode(root)).filter((file) => file.startsWith('src/'));
  const misplaced = await findMisplacedWords(root, files, await listProviders(root));
  return misplaced.map(({ rule, file }) => `words ${rule} ${file}` as const);
}

function listFilesOf(complaints: Inspection['complaints'], tool: string, files: readonly string[]): string[] {
  const named = new Set(
    complaints.filter((line) => line.startsWith(`${tool} `)).map((line) => line.split(' ')[2]),
  );
  return files.filter((file) => named.has(file));
}

/** Each ruin says in its first lines who refuses it and by which names. */
async function readExpectations(root: string): Promise<string[]> {
  const expected: string[] = [];
  for (const file of await listCode(root)) {
    const text = await readFile(join(root, file), 'utf8');
    for (const [, tool, names = ''] of text.matchAll(/^\/\/ (biome|tsc|depcruise|knip|words): (.+)$/gm)) {
      expected.push(...names.split(', ').map((name) => `${tool} ${name} ${file}`));
    }
  }
  return expected.sort();
}

/** Rules that no ruin shows to bite. The plan's have a test of their own. */
function listUnproven(expected: readonly string[]): string[] {
  const names = [
    ...house.forbidden.map(({ name }) => `depcruise ${name}`).filter((name) => !name.includes(' plan-')),
    ...Object.entries(biome.linter.rules).flatMap(([group, rules]) =>
      typeof rules === 'string' ? [] : Object.keys(rules).map((rule) => `biome lint/${group}/${rule}`),
    ),
    ...wordRules.map(({ name }) => `words ${name}`),
  ];
  return names.filter((name) => !expected.some((line) => line.startsWith(`${name} `)));
}

/** One line more than a file may have. */
async function plantLongFile(path: string): Promise<void> {
  const lines = Array.from({ length: 300 }, (_, index) => `export const line${index} = ${index};`);
  await writeFile(path, `// biome: lint/style/noExcessiveLinesPerFile\n${lines.join('\n')}\n`);
}

/** One line more than a function may have. */
async function plantLongFunction(path: string): Promise<void> {
  const lines = Array.from({ length: 61 }, (_, index) => `  write(${index});`);
  const head =
    '// biome: lint/complexity/noExcessiveLinesPerFunction\nexport function tooLong(write: (n: number) => void): void {';
  await writeFile(path, `${head}\n${lines.join('\n')}\n}\n`);
}

async function plantCrossings(root: string, room: string, rooms: readonly string[]): Promise<void> {
  const file = join(root, 'src', room, 'crosses.ts');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(join(dirname(file), 'index.ts'), `export const ${room} = '${basename(room)}';\n`);
  await writeFile(
    file,
    rooms
      .filter((other) => other !== room)
      .map((other) => `export { ${other} } from '../${other}/index.ts';\n`)
      .join(''),
  );
}
