import { defineConfig } from 'vitest/config';
import { SETTINGS } from './test/support/settings.js';
import { unitTests } from './test/support/unit.js';

/** `npm run test:unit`: what a change in one room breaks, in seconds; the files of a worker share one process. */
export default defineConfig({
  test: { ...SETTINGS, include: unitTests(), pool: 'threads', isolate: false },
});
