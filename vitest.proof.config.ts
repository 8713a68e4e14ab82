import { defineConfig } from 'vitest/config';

/** What `npm run proof` runs: the same tests as `npm test` where they have more to visit, and the model at length. */
export default defineConfig({
  test: {
    include: ['test/proof/**/*.test.ts', 'test/process/**/*.test.ts', 'test/faults/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: { NO_COLOR: '1', KEYTURN_PROOF: 'full' },
  },
});
