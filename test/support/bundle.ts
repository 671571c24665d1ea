import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const FOLDER = fileURLToPath(new URL('../../src/', import.meta.url));

/** Files whose code is in the bundle of a program that imports one name of an entry point, such as `measures`: paths from src. */
export async function filesOfBundle(entry: string, name: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: `export { ${name} } from './${entry}.js';`, resolveDir: FOLDER },
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
