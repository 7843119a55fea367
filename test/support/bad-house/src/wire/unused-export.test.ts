import { expect, test } from 'vitest';
import { used } from './unused-export.ts';

test('it is used', () => {
  expect(used).toBe(1);
});
