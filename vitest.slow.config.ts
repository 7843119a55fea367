import { defineConfig } from 'vitest/config';

/** Suites that take minutes; `.ci/run` runs them after the others. */
export default defineConfig({
  test: {
    include: ['test/slow/**/*.test.ts'],
    pool: 'threads',
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
});
