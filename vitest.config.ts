import { defineConfig } from 'vitest/config';

const report = process.env['NUNCHI_TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'bench/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // The machines that matter have two cores, and the tests of real cameras want both.
    maxWorkers: 2,
    pool: 'forks',
    ...(report === undefined ? {} : { reporters: ['default', ['json', { outputFile: report }]] }),
  },
});
