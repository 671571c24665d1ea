import { defineConfig } from 'vitest/config';
import { SETTINGS } from './test/support/settings.js';

/** Tests beside large programs that are installed on demand: `npm run test:clickhouse`, `test:duckdb`, `test:next`, `test:webpack`. */
export default defineConfig({
  test: {
    ...SETTINGS,
    include: ['test/foreign/*/*.test.ts'],
    globalSetup: ['test/support/servers/setup.ts'],
    // Each of them is one process's alone, and large.
    fileParallelism: false,
  },
});
