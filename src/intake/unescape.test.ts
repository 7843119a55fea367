import { expect, test } from 'vitest';
import { createMemorySpools } from '../../test/support/memory-spool.ts';
import { readAll } from '../core/bytes.ts';
import { writeUnescaped } from './unescape.ts';

const written = String.raw`a\/b\u002B\\u0041\\\u00e9 é 🎨 \ud83c\udfa8 \"\n\\\\\ud83c\udfa8\\`;

test('escapes are undone as JSON.parse does, wherever the text was cut', async () => {
  const bytes = Buffer.from(written);
  for (let first = 0; first <= bytes.length; first += 1) {
    for (const second of [first, first + 1, first + 7]) {
      const pieces = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
      const spool = createMemorySpools().openSpool();
      await writeUnescaped(
        {
          size: bytes.length,
          async *read() {
            yield* pieces;
          },
        },
        spool,
      );
      expect((await readAll(spool, 1_000)).toString()).toBe(JSON.parse(`"${written}"`));
    }
  }
});
