import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = new URL('../src/', import.meta.url).pathname;

/** From top to bottom. A file imports from its own layer and from those below it. */
const LAYERS: readonly { readonly name: string; readonly files: RegExp }[] = [
  { name: 'programs', files: /^(cli|explorer)\// },
  { name: 'entry points', files: /^(index|redis|rdb|bitmaps|catalogue|csv|report|http|node|cached)\.ts$/ },
  { name: 'reports', files: /^report\// },
  {
    name: 'what users hold',
    files: /^(bitmapist|bulk|batch|events|everybody|names|source|segments|cohort\/.*)(\.ts)?$/,
  },
  { name: 'marks and text', files: /^(marks|query)\.ts$/ },
  { name: 'evaluation', files: /^(evaluate|lists|question|runner|operands)\.ts$/ },
  { name: 'plan', files: /^(plan|graph|program)\.ts$/ },
  { name: 'expressions', files: /^expression\.ts$/ },
  { name: 'keys', files: /^keys\.ts$/ },
  { name: 'formats', files: /^formats\// },
  { name: 'calendar', files: /^(calendar|moment|moment-text)\.ts$/ },
  { name: 'stores', files: /^store\// },
  { name: 'kernels', files: /^kernel\// },
  { name: 'ground', files: /^(abort|errors|id|tracing)\.ts$/ },
];

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => path.split('\\').join('/'))
  .filter((path) => /\.tsx?$/.test(path));

/** What a file imports: files as paths within src, packages by name. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const found = [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)'([^']+)'/g)].map((match) => match[1]!);
  return found.map((specifier) => {
    if (!specifier.startsWith('.')) return specifier;
    const path = posix.join(posix.dirname(file), specifier);
    const source = path.replace(/\.js$/, '.ts');
    return existsSync(join(SRC, source)) ? source : path.replace(/\.js$/, '.tsx');
  });
}

function layerOf(file: string): number {
  return LAYERS.findIndex(({ files: pattern }) => pattern.test(file));
}

/** Everything that loading a file loads. */
function closureOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (files.includes(file)) for (const next of importsOf(file)) closureOf(next, seen);
  return seen;
}

describe('the layers', () => {
  it('have a place for every file', () => {
    expect(files.filter((file) => layerOf(file) < 0)).toEqual([]);
  });

  it('import downwards only', () => {
    const upwards = files.flatMap((file) =>
      importsOf(file)
        .filter((imported) => files.includes(imported) && layerOf(imported) < layerOf(file))
        .map((imported) => `${file} imports ${imported}`),
    );
    expect(upwards).toEqual([]);
  });

  it('hold no circles', () => {
    const circles = files.filter((file) => {
      const below = importsOf(file).filter((imported) => files.includes(imported));
      return below.some((imported) => closureOf(imported).has(file));
    });
    expect(circles).toEqual([]);
  });

  it('keep programs on the public entry points', () => {
    const inside = files
      .filter((file) => /^(cli|explorer)\//.test(file))
      .flatMap((file) =>
        importsOf(file)
          .filter((imported) => files.includes(imported) && !/^(cli|explorer)\//.test(imported))
          .filter((imported) => LAYERS[layerOf(imported)]!.name !== 'entry points')
          .map((imported) => `${file} imports ${imported}`),
      );
    expect(inside).toEqual([]);
  });

  it.each(['index.ts', 'csv.ts', 'report.ts', 'rdb.ts', 'bitmaps.ts', 'catalogue.ts', 'http.ts'])(
    'keep Node out of %s',
    (entry) => {
      const closure = [...closureOf(entry)];
      expect(closure.filter((imported) => imported.startsWith('node:') || imported === 'ioredis')).toEqual(
        [],
      );
    },
  );

  it('know the prefix of keys in one file', () => {
    const literal = files.filter((file) => /^[^*/]*'trackist_/m.test(readFileSync(join(SRC, file), 'utf8')));
    expect(literal).toEqual(['keys.ts']);
  });

  it('name files in lower-case nouns', () => {
    for (const file of files) expect(relative('.', file)).toMatch(/^[a-z0-9/-]+\.tsx?$/);
  });
});
