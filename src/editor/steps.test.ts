import { expect, test } from 'vitest';
import { readInstructions } from './instruction.ts';
import { steps } from './steps.ts';

const canvas = { width: 600, height: 400, background: 'transparent' };

for (const step of steps) {
  for (const { say, gives } of step.examples) {
    test(`${step.name}: ${say}`, () => {
      const instructions = readInstructions(say);
      expect(instructions.map((instruction) => instruction.step.name)).toEqual([step.name]);
      expect(instructions.flatMap(({ order }) => step.toOperations(order, canvas))).toEqual(gives);
    });
  }
}

test('every step has a name of its own and says what it does in one sentence', () => {
  expect(new Set(steps.map(({ name }) => name)).size).toBe(steps.length);
  for (const { does } of steps) expect(does).toMatch(/^[A-Z][^\n]+\.$/v);
});
