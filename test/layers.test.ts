import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FOLDERS } from './support/layers.js';

const SRC = new URL('../src/', import.meta.url).pathname;

/** Ways to use the library: they know its public entry points alone. */
const PROGRAMS = ['cli', 'explorer', 'web'];

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => path.split('\\').join('/'))
  .filter((path) => /\.tsx?$/.test(path));

const imports = new Map<string, readonly string[]>();

/** What a file imports: files as paths within src, packages by name. */
function importsOf(file: string): readonly string[] {
  const known = imports.get(file) ?? readImports(file);
  imports.set(file, known);
  return known;
}

function readImports(file: string): string[] {
  // Examples in comments import what their readers would.
  const text = readFileSync(join(SRC, file), 'utf8').replace(/^\s*\*.*$/gm, '');
  const found = [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)'([^']+)'/g)].map((match) => match[1]!);
  return found.map((specifier) => {
    if (!specifier.startsWith('.')) return specifier;
    const path = posix.join(posix.dirname(file), specifier);
    const source = path.replace(/\.js$/, '.ts');
    return existsSync(join(SRC, source)) ? source : path.replace(/\.js$/, '.tsx');
  });
}

function ownImportsOf(file: string): string[] {
  return importsOf(file).filter((imported) => files.includes(imported));
}

function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : '.';
}

/** Everything that loading a file loads. */
function closureOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (files.includes(file)) for (const next of importsOf(file)) closureOf(next, seen);
  return seen;
}

describe('the folders of src', () => {
  it('are those of the list', () => {
    expect([...new Set(files.map(folderOf))].filter((folder) => !FOLDERS.includes(folder))).toEqual([]);
  });

  it('import from those below them only', () => {
    const levelOf = (file: string): number => FOLDERS.indexOf(folderOf(file));
    const upwards = files.flatMap((file) =>
      ownImportsOf(file)
        .filter((imported) => levelOf(imported) < levelOf(file))
        .map((imported) => `${file} imports ${imported}`),
    );
    expect(upwards).toEqual([]);
  });

  it('hold no cycles of files', () => {
    const cycles = files.filter((file) =>
      ownImportsOf(file).some((imported) => closureOf(imported).has(file)),
    );
    expect(cycles).toEqual([]);
  });

  it('hold no cycles of the folders within them', () => {
    const edges = new Set(
      files.flatMap((file) =>
        ownImportsOf(file)
          .map((imported) => [posix.dirname(file), posix.dirname(imported)])
          .filter(([from, to]) => from !== to)
          .map(([from, to]) => `${from} → ${to}`),
      ),
    );
    const mutual = [...edges].filter((edge) => edges.has(edge.split(' → ').reverse().join(' → ')));
    expect(mutual).toEqual([]);
  });

  it('keep ways to use the library on its public entry points', () => {
    const inside = files
      .filter((file) => PROGRAMS.includes(folderOf(file)))
      .flatMap((file) =>
        ownImportsOf(file)
          .filter((imported) => ![folderOf(file), '.'].includes(folderOf(imported)))
          .map((imported) => `${file} imports ${imported}`),
      );
    expect(inside).toEqual([]);
  });

  it('leave few files beside them, which export what is public', () => {
    expect(files.filter((file) => folderOf(file) === '.').length).toBeLessThanOrEqual(18);
  });

  it.each([
    'index.ts',
    'cached.ts',
    'csv.ts',
    'report.ts',
    'measures.ts',
    'parquet.ts',
    'people.ts',
    'compat.ts',
    'jsonl.ts',
    'rdb.ts',
    'bitmaps.ts',
    'http.ts',
    'sample.ts',
    'threads.ts',
    'threads/worker.ts',
  ])('keep Node out of %s', (entry) => {
    const closure = [...closureOf(entry)];
    expect(closure.filter((imported) => imported.startsWith('node:') || imported === 'ioredis')).toEqual([]);
  });

  it('know the prefix of keys in one file', () => {
    const literal = files.filter((file) => /^[^*/]*'trackist_/m.test(readFileSync(join(SRC, file), 'utf8')));
    expect(literal).toEqual(['names/keys.ts']);
  });

  it('name files in lower-case nouns', () => {
    for (const file of files) expect(relative('.', file)).toMatch(/^[a-z0-9/-]+\.tsx?$/);
  });
});
