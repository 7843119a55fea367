import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createModel } from '../../test/support/routing.ts';
import { StartFault } from '../core/start-fault.ts';
import { readModelsFile } from './models-file.ts';

const paint = createModel({
  id: 'one/paint',
  provider: 'one',
  upstreamId: 'paint-v1',
  aliases: ['brush'],
  snapshots: ['paint-v1-2026-01-01'],
  retiredOn: '2026-12-01',
  successor: 'one/ink',
});
const ink = createModel({ id: 'one/ink', provider: 'one' });
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retouch-models-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string) {
  const path = join(folder, 'models.json');
  await writeFile(path, text);
  return readModelsFile([paint, ink], path);
}
const readEntries = (...models: object[]) => read(JSON.stringify({ models }));

test('without a file the catalogue is as it was', async () => {
  expect(await readModelsFile([paint, ink], undefined)).toEqual([paint, ink]);
});

test('a model is changed where it stands, and null takes a value away', async () => {
  const [changed, other] = await readEntries({
    id: 'one/paint',
    maxImages: 3,
    retiredOn: null,
    successor: null,
  });
  const { retiredOn: _day, successor: _next, ...rest } = paint;
  expect(changed).toEqual({ ...rest, maxImages: 3 });
  expect(other).toBe(ink);
});

test('a new model starts from another, under a name of its own', async () => {
  const models = await readEntries(
    { id: 'one/paint-2', like: 'one/paint', releasedOn: '2026-11-01', retiredOn: null, successor: null },
    { id: 'one/paint', successor: 'one/paint-2' },
  );
  expect(models.map(({ id }) => id)).toEqual(['one/paint', 'one/ink', 'one/paint-2']);
  expect(models[0]?.successor).toBe('one/paint-2');
  expect(models[2]).toMatchObject({
    upstreamId: 'paint-2',
    aliases: [],
    snapshots: [],
    releasedOn: '2026-11-01',
  });
});

test.each<[string, RegExp]>([
  ['', /Unexpected end of JSON/],
  ['[]', /expected object/],
  ['{"models":[{"id":"paint"}]}', /models\.0\.id: must look like "provider\/name"/],
  ['{"models":[{"id":"one/paint","colour":"blue"}]}', /Unrecognized key: "colour"/],
  [
    '{"models":[{"id":"one/paint","maxImages":0},{"id":"one/ink","retiredOn":"soon"}]}',
    /maxImages.*; .*retiredOn/,
  ],
  ['{"models":[{"id":"one/new"}]}', /one\/new: no model one\/new in the catalogue; a new model needs "like"/],
  ['{"models":[{"id":"one/new","like":"one/none"}]}', /no model one\/none in the catalogue; check "like"/],
  [
    '{"models":[{"id":"one/paint","successor":"one/none"},{"id":"one/ink","aliases":["one/paint"]},{"id":"one/ink"}]}',
    /one\/paint: its successor one\/none is not in the catalogue; one\/ink: its alias one\/paint is the id of another model; one\/ink: it is listed twice/,
  ],
  ['{"models":[{"id":"one/ink","successor":"one/paint"}]}', /one\/ink: its successors lead back to one\/ink/],
])('%j is no start, and it is said why', async (text, message) => {
  const fault = await read(text).catch((error) => error);
  expect(fault).toBeInstanceOf(StartFault);
  expect(fault.message).toMatch(
    /^RETOUCH_MODELS_FILE must be .*models\.json"\): .*for example RETOUCH_MODELS_FILE=/s,
  );
  expect(fault.message).toMatch(message);
});

test('a file that is not there is one clear line', async () => {
  const missing = readModelsFile([paint], join(folder, 'none.json'));
  await expect(missing).rejects.toThrow(/^RETOUCH_MODELS_FILE must be .*none\.json"\): ENOENT/);
});
