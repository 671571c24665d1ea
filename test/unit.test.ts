import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allTests, needsOf, unitTests } from './support/unit.js';

const ROOT = new URL('..', import.meta.url);
const PACKAGES = ['ioredis', 'redis', 'playwright-core', '@vitest/browser-playwright'];

describe('the unit tests', () => {
  const unit = unitTests();

  it('are most of all tests, of every room below the command and the pages', () => {
    expect(unit.length).toBeGreaterThan(allTests().length / 2);
    const rooms = new Set(unit.map((test) => test.split('/')[1]));
    for (const room of ['base', 'time', 'names', 'kernel', 'bitmap', 'formats', 'store', 'engine', 'events'])
      expect(rooms).toContain(room);
  });

  it('start no server and no browser, and read nothing that is built', () => {
    const outside = unit.flatMap((test) =>
      needsOf(test)
        .filter((path) => PACKAGES.includes(path) || isOutside(path))
        .map((path) => `${test} needs ${path}`),
    );
    expect(outside).toEqual([]);
  });
});

/** Whether a helper runs a server, a browser or the built command, by what stands in it. */
function isOutside(path: string): boolean {
  if (!/^test\/.*\.ts$/.test(path) || path === 'test/unit.test.ts') return false;
  return /chromium\.launch|redis-server|['/]dist\//.test(readFileSync(new URL(path, ROOT), 'utf8'));
}
