/** Prints what browsers load of the package, and exits 1 where it has grown beyond what was promised. */

import { Buffer } from 'node:buffer';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { kernelHex } from '../dist/kernel/binary.js';

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
});

const sizes = [
  ['kernel, WebAssembly', Buffer.from(kernelHex, 'hex').length, 16 * 1024],
  ['core entry, minified, gzip', gzipSync(core.contents, { level: 9 }).length, 30 * 1024],
];
for (const [what, bytes, maxBytes] of sizes) {
  const verdict = bytes < maxBytes ? '' : ': too much';
  console.log(`${what}: ${bytes} bytes of less than ${maxBytes}${verdict}`);
  if (bytes >= maxBytes) process.exitCode = 1;
}
