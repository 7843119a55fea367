// depcruise: no-broken-imports
// knip: unlisted
// tsc: TS2307
import { pad } from 'left-pad';
import { expect, test } from 'vitest';

test('it pads', () => {
  expect(pad('1', 2)).toBe(' 1');
});
