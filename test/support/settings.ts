/** What all ways to run the tests share. */
export const SETTINGS = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  teardownTimeout: 10_000,
  /** Marks of single tests: `it('…', { tags: 'long' }, …)`. */
  tags: [{ name: 'long', description: 'Takes more than a moment: left out by `npm run test:unit`.' }],
};
