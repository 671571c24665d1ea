import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { CHROMIUM_ARGS, provideChromium } from './test/support/chromium.js';
import { FOREIGN, SETTINGS } from './test/support/settings.js';

/** Tests of what browsers load run in Node and in a real browser. */
const CORE = [
  'test/kernel/*.test.ts',
  'test/store/memory.test.ts',
  'test/{base,names}/*.test.ts',
  'test/engine/expressions.test.ts',
  'test/events/{cached,marks,query}.test.ts',
  'test/formats/rdb/{crc64,lzf,writer}.test.ts',
];

// Where there is no browser, the tests that need one say what to do.
const executablePath = await provideChromium().catch(() => undefined);

export default defineConfig({
  test: {
    ...SETTINGS,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: FOREIGN,
          globalSetup: ['test/support/servers/setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'chromium',
          include: executablePath === undefined ? [] : CORE,
          // Only Node tells how much memory is in use.
          exclude: ['test/base/own.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            api: { host: '127.0.0.1' },
            provider: playwright({
              launchOptions: { args: CHROMIUM_ARGS, ...(executablePath !== undefined && { executablePath }) },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
