/** Runs once before all tests: without a server's program it says what to do, and no test runs. */

import { provideServer } from './binary.js';

export async function setup(): Promise<void> {
  await provideServer();
}
