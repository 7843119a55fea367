import { expect, test } from 'vitest';
import { toMatrix } from '../scripts/compatibility.ts';

const matrix = toMatrix();

test('every surface, model and parameter has a verdict', () => {
  const models = new Set(matrix.map(({ model }) => model));
  expect(models.size).toBeGreaterThan(5);
  expect(matrix.length).toBeGreaterThan(500);
});

test('what is adapted or refused says so by its name', () => {
  for (const { outcome, message, parameter } of matrix) {
    if (outcome === 'honoured') expect(message).toBe('');
    else expect(message).not.toBe('');
    if (outcome === 'refused') expect(message).toMatch(new RegExp(`${parameter}|mask|picture`));
  }
});

test.each([
  ['images/edits', 'google/gemini-nano-banana-2.1', 'mask', 'a PNG', 'adapted'],
  ['images/edits', 'google/gemini-nano-banana-2.1', 'size', '1536x1024', 'adapted'],
  ['images/edits', 'google/gemini-nano-banana-2.1', 'background', 'transparent', 'refused'],
  ['images/edits', 'google/gemini-nano-banana-2.1', 'output_format', 'webp', 'adapted'],
  ['images/edits', 'openai/gpt-image-2', 'mask', 'a PNG', 'honoured'],
  ['images/edits', 'openai/gpt-image-2', 'input_fidelity', 'high', 'adapted'],
  ['images/edits', 'openai/gpt-image-2', 'size', '333x200', 'refused'],
  ['chat/completions', 'openai/gpt-image-2', 'aspect_ratio', '16:9', 'adapted'],
  ['chat/completions', 'google/gemini-nano-banana-2.1', 'aspect_ratio', '16:9', 'honoured'],
  ['chat/completions', 'local/retouch', 'aspect_ratio', '16:9', 'adapted'],
] as const)('%s, %s: %s=%s is %s', (surface, model, parameter, value, outcome) => {
  const verdict = matrix.find(
    (one) =>
      one.surface === surface && one.model === model && one.parameter === parameter && one.value === value,
  );
  expect(verdict?.outcome).toBe(outcome);
});
