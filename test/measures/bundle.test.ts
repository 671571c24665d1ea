import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { measures } from '../../src/measures.js';

const ENTRY = './measures.js';
const FOLDER = fileURLToPath(new URL('../../src/', import.meta.url));

/** Files whose code is in the bundle of a program that imports one name of an entry point. */
async function filesOf(name: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: `export { ${name} } from ${JSON.stringify(ENTRY)};`, resolveDir: FOLDER },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    outfile: 'bundle.js',
    absWorkingDir: FOLDER,
    logLevel: 'error',
  });
  const { inputs } = metafile.outputs['bundle.js']!;
  return Object.keys(inputs).filter((path) => inputs[path]!.bytesInOutput > 0);
}

describe('a bundle of one measure', () => {
  it.each(measures.map(({ name }) => name))('has no other, and nothing that draws: %s', async (name) => {
    const files = await filesOf(name);
    expect(files).toContain(`measures/${name}.ts`);
    const others = measures.filter((each) => each.name !== name).map((each) => `measures/${each.name}.ts`);
    expect(files.filter((path) => others.includes(path))).toEqual([]);
    expect(files.filter((path) => /^(report|compat|explorer|cli)\/|preact|levenshtein/.test(path))).toEqual(
      [],
    );
  });
});
