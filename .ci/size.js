/** Prints what browsers load of the package, and exits 1 where it has grown beyond what was promised. */

import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What is loaded when it is first asked for is not loaded with the entry. */
const onDemand = {
  name: 'on-demand',
  setup: ({ onResolve }) =>
    onResolve({ filter: /./ }, ({ kind }) => (kind === 'dynamic-import' ? { external: true } : undefined)),
};

const {
  outputFiles: [core],
} = await build({
  entryPoints: [fileURLToPath(new URL('../dist/index.js', import.meta.url))],
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  platform: 'browser',
  target: 'es2023',
  // Not counted: it goes where Temporal has arrived.
  external: ['temporal-polyfill'],
  plugins: [onDemand],
});

const sizes = [
  [
    'kernel, WebAssembly',
    statSync(new URL('../assembly/build/kernel.wasm', import.meta.url)).size,
    13.5 * 1024,
  ],
  ['core entry, minified, gzip', gzipSync(core.contents, { level: 9 }).length, 30.5 * 1024],
];
for (const [what, bytes, maxBytes] of sizes) {
  const verdict = bytes <= maxBytes ? '' : ': too much';
  console.log(`${what}: ${bytes} bytes of at most ${maxBytes}${verdict}`);
  if (bytes > maxBytes) process.exitCode = 1;
}
