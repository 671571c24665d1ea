/** Which tests are unit tests: they need no server, no browser and nothing built but the kernel. Imports tell. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Helpers that start what a unit test does without, and what is built. */
const OUTSIDE = /^(?:test\/support\/(?:servers|cli|explorer)\/|test\/support\/chromium\.ts$|dist\/)/;

/** All tests, as paths from the root. */
export function allTests(): string[] {
  return readdirSync(`${ROOT}test`, { recursive: true, encoding: 'utf8' })
    .map((path) => posix.join('test', path.split('\\').join('/')))
    .filter((path) => path.endsWith('.test.ts') && !path.startsWith('test/foreign/'))
    .sort();
}

export function unitTests(): string[] {
  return allTests().filter((test) => !needsOf(test).some((path) => OUTSIDE.test(path)));
}

/** A test, the helpers that it imports and what they import: paths from the root, and names of packages. */
export function needsOf(test: string, seen = new Set<string>()): string[] {
  if (seen.has(test)) return [];
  seen.add(test);
  for (const imported of importsOf(test)) {
    // What is named may be a folder of files, too.
    if (/^test\/.*\.ts$/.test(imported) && existsSync(`${ROOT}${imported}`)) needsOf(imported, seen);
    else seen.add(imported);
  }
  return [...seen];
}

function importsOf(file: string): string[] {
  const text = readFileSync(`${ROOT}${file}`, 'utf8');
  const imports = text.matchAll(/^(?:.*\bfrom|import|.*\bimport\(|.*\bnew URL\()\s*'([^']+)'/gm);
  return Array.from(imports, ([, name]) => {
    if (!name!.startsWith('.')) return name!;
    const path = posix.join(posix.dirname(file), name!);
    const source = path.replace(/\.js$/, '.ts');
    return existsSync(`${ROOT}${source}`) ? source : path;
  });
}
