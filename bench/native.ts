/** The native peers, where `npm run bench:peers` has built them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the benchmarks use of CRoaring's bitmaps. */
export interface NativeBitmap {
  readonly size: number;
  andCardinality(other: NativeBitmap): number;
  toUint32Array(): Uint32Array;
  runOptimize(): boolean;
  shrinkToFit(): void;
  getSerializationSizeInBytes(format: string): number;
}

export const NOT_BUILT = 'npm run bench:peers';

/** CRoaring, compiled to native code; absent where it has not been built. */
export const NativeRoaring = loadRoaring();

function loadRoaring(): (new (ids: Uint32Array) => NativeBitmap) | undefined {
  try {
    return createRequire(new URL('peers/package.json', import.meta.url))('roaring').RoaringBitmap32;
  } catch {
    return undefined;
  }
}

/** Milliseconds that a C loop with AVX2 takes to count the common bits of two bitmaps; absent where it has not been built. */
export function timeNativeAndCount(a: Uint8Array, b: Uint8Array, expectedCount: number): number | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const paths = [join(folder, 'a'), join(folder, 'b')];
    writeFileSync(paths[0]!, a);
    writeFileSync(paths[1]!, b);
    const program = fileURLToPath(new URL('peers/and-count', import.meta.url));
    const { status, stdout } = spawnSync(program, paths, { encoding: 'utf8' });
    if (status !== 0) return undefined;
    const [count, milliseconds] = stdout.split(' ').map(Number);
    if (count !== expectedCount) throw new Error(`expected ${expectedCount} common bits, got ${count}`);
    return milliseconds;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
