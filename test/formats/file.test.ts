import {
  chmod,
  chown,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../src/errors.js';
import { replaceFile } from '../../src/formats/file.js';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitmapist-file-'));
  path = join(folder, 'table.txt');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const chunksOf = (...texts: string[]): Uint8Array[] => texts.map((text) => Buffer.from(text));

describe('a file that is replaced', () => {
  it('holds all chunks, and nothing else is left', async () => {
    await writeFile(path, 'an older and longer table');
    await replaceFile(path, chunksOf('a ', 'table'));
    expect(await readFile(path, 'utf8')).toBe('a table');
    expect(await readdir(folder)).toEqual(['table.txt']);
  });

  it('stays as it was where the chunks end in an error', async () => {
    await writeFile(path, 'older');
    function* failing(): Generator<Uint8Array> {
      yield* chunksOf('new');
      throw new Error('enough');
    }
    await expect(replaceFile(path, failing())).rejects.toThrow('enough');
    expect(await readFile(path, 'utf8')).toBe('older');
    expect(await readdir(folder)).toEqual(['table.txt']);
  });

  it.each([0o600, 0o640, 0o666])('keeps its permissions: %i', async (mode) => {
    const isRoot = process.getuid?.() === 0;
    await writeFile(path, 'older');
    if (isRoot) await chown(path, 4321, 4321);
    await chmod(path, mode);
    const whileWriting: number[] = [];
    async function* watching(): AsyncGenerator<Uint8Array> {
      for (const name of await readdir(folder))
        whileWriting.push((await stat(join(folder, name))).mode & 0o777);
      yield* chunksOf('new');
    }
    await replaceFile(path, watching());
    expect(whileWriting).toEqual([mode, mode]);
    const { mode: kept, uid, gid } = await stat(path);
    expect(kept & 0o777).toBe(mode);
    if (isRoot) expect([uid, gid]).toEqual([4321, 4321]);
  });

  it('is the one that a link leads to', async () => {
    await writeFile(path, 'older');
    await symlink(path, join(folder, 'link'));
    await replaceFile(join(folder, 'link'), chunksOf('new'));
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true);
  });

  it('takes the place of nothing but files', async () => {
    await expect(replaceFile(folder, chunksOf('new'))).rejects.toThrow(
      new StoreError(`expected a file to be written at ${folder}, got a folder that is there`),
    );
    const socket = createServer();
    await new Promise<void>((resolve) => socket.listen(path, resolve));
    try {
      await expect(replaceFile(path, chunksOf('new'))).rejects.toThrow(
        `expected a file to be written at ${path}, got something else that is there`,
      );
      expect((await lstat(path)).isSocket()).toBe(true);
    } finally {
      await new Promise((resolve) => socket.close(resolve));
    }
    expect(await readdir(folder)).toEqual([]);
  });
});
