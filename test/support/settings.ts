/** Tests that need large programs, which `npm run test:clickhouse` and its like install for themselves. */
export const FOREIGN = ['test/foreign/**', '**/node_modules/**'];

/** What all ways to run the tests share. */
export const SETTINGS = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  teardownTimeout: 10_000,
  /** What `expect.poll` waits for takes as long as the machine is busy; a second is not enough for a program to start. */
  expect: { poll: { timeout: 10_000 } },
  /** Marks of single tests: `it('…', { tags: 'long' }, …)`. */
  tags: [{ name: 'long', description: 'Takes more than a moment: left out by `npm run test:unit`.' }],
};
