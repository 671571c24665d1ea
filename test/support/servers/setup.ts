/** Runs once before all tests: without a server's program it says what to do, and no test runs. */

import { provideChromium } from '../chromium.js';
import { provideServer } from './binary.js';

export async function setup(): Promise<void> {
  await provideServer();
  // Only tests in a browser need one, and say so themselves where there is none.
  await provideChromium().catch(() => undefined);
}
