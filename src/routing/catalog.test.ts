import { expect, test } from 'vitest';
import { createModel, orError } from '../../test/support/routing.ts';
import { createCatalog } from './catalog.ts';

const first = createModel({
  id: 'one/paint',
  provider: 'one',
  aliases: ['brush'],
  snapshots: ['paint-2026-01-01'],
});
const second = createModel({ id: 'two/paint', provider: 'two', aliases: ['old/sketch', 'one/ink'] });
const third = createModel({ id: 'one/ink', provider: 'one' });
const catalog = createCatalog([first, second, third]);

test.each([
  ['one/paint', 'one/paint'],
  ['two/paint', 'two/paint'],
  // The earlier model has the bare name that two share.
  ['paint', 'one/paint'],
  [' paint\n', 'one/paint'],
  ['one/paint-2026-01-01', 'one/paint'],
  ['paint-2026-01-01', 'one/paint'],
  ['brush', 'one/paint'],
  ['one/brush', 'one/paint'],
  ['old/sketch', 'two/paint'],
  ['sketch', 'two/paint'],
  ['two/sketch', 'two/paint'],
  // A model's own id is stronger than the alias of an earlier one.
  ['one/ink', 'one/ink'],
  ['two/ink', 'two/paint'],
  ['', undefined],
  ['Paint', undefined],
  ['one/', undefined],
  ['constructor', undefined],
  ['__proto__', undefined],
])('the name %j finds %j', (name, id) => {
  expect(catalog.find(name)?.id).toBe(id);
});

test('a snapshot is the same model, asked for under its own name', () => {
  for (const name of ['one/paint-2026-01-01', 'paint-2026-01-01']) {
    expect(catalog.get(name)).toEqual({ ...first, upstreamId: 'paint-2026-01-01' });
    expect(catalog.findSuccessor(catalog.get(name))).toBe(first);
    expect(catalog.get(name)).toBe(catalog.get('paint-2026-01-01'));
  }
});

test('an unknown name is refused with those there are, itself cut short', () => {
  expect(orError(() => catalog.get('x'.repeat(5_000)))).toEqual({
    code: 'model_not_found',
    param: 'model',
    message: `No model '${'x'.repeat(100)}' here. There are: one/paint, two/paint, one/ink.`,
  });
});

test('models are listed as they were given', () => {
  expect(catalog.list()).toEqual([first, second, third]);
});
