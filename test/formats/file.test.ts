import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  lstat,
  mkdir,
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
import { StoreError } from '../../src/base/errors.js';
import { replaceFile } from '../../src/formats/file.js';
import { createFolder } from '../../src/formats/folder.js';

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

  it('is written where a link leads to that leads to nothing yet', async () => {
    await mkdir(join(folder, 'sub'));
    await symlink('sub', join(folder, 'folder'));
    await symlink('../far.txt', join(folder, 'sub', 'near'));
    await symlink('folder/near', path);
    await replaceFile(path, chunksOf('new'));
    expect(await readFile(join(folder, 'far.txt'), 'utf8')).toBe('new');
    expect((await lstat(path)).isSymbolicLink()).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(['far.txt', 'folder', 'sub', 'table.txt']);
  });

  it.each([
    ['table.txt', 'ELOOP'],
    ['nowhere/new.txt', 'ENOENT'],
    ['notes/new.txt', 'ENOTDIR'],
  ])('is refused in a sentence where a link leads to %s', async (to, code) => {
    await writeFile(join(folder, 'notes'), 'mine');
    await symlink(to, path);
    const failure = { name: 'StoreError', message: `expected a file to be written at ${path}, got ${code}` };
    await expect(replaceFile(path, chunksOf('new'))).rejects.toMatchObject(failure);
    expect((await readdir(folder)).sort()).toEqual(['notes', 'table.txt']);
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

describe('what a process that died had written', () => {
  /** No system has processes of such numbers. */
  const GONE = 2 ** 30;

  /** Begins to write, and is killed before the end. */
  async function die(write: string): Promise<void> {
    const sources = new URL('../../src/formats/', import.meta.url).href;
    const script = `
      import { replaceFile } from '${sources}file.ts';
      import { createFolder } from '${sources}folder.ts';
      const begun = () => { console.log('begun'); setInterval(() => {}, 1000); return new Promise(() => {}); };
      async function* chunks() { yield Buffer.from('half'); await begun(); }
      async function* files() { yield { name: 'a', bytes: Buffer.from('half') }; await begun(); }
      await ${write};`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = once(child, 'close');
    await Promise.race([once(child.stdout, 'data'), closed]);
    child.kill('SIGKILL');
    await closed;
  }

  it('is removed when the same file is replaced', { tags: 'long' }, async () => {
    await die(`replaceFile(${JSON.stringify(path)}, chunks())`);
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^\.table\.txt\..*\.tmp$/)]);
    await symlink(path, join(folder, 'link'));
    await replaceFile(join(folder, 'link'), chunksOf('new'));
    expect((await readdir(folder)).sort()).toEqual(['link', 'table.txt']);
  });

  it('is removed when the same folder is written', { tags: 'long' }, async () => {
    await die(`createFolder(${JSON.stringify(path)}, files())`);
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^\.table\.txt\..*\.tmp$/)]);
    await createFolder(path, [{ name: 'b', bytes: Buffer.from('new') }]);
    expect(await readdir(folder)).toEqual(['table.txt']);
    expect(await readdir(path)).toEqual(['b']);
  });

  it('stays where its process may live, and where it is of another file', async () => {
    const others = [
      `.table.txt.${process.pid}-abc.tmp`,
      `.table.txt.${process.ppid}-abc.tmp`,
      // Of a machine or a container whose processes are not known here.
      `.table.txt.${GONE}-00000000-abc.tmp`,
      `.table.txt.bak.${GONE}-abc.tmp`,
      `.other.txt.${GONE}-abc.tmp`,
      `.table.txt.${GONE}-abc.tmp.old`,
      `table.txt.${GONE}-abc.tmp`,
    ];
    for (const name of [...others, `.table.txt.${GONE}-abc.tmp`]) {
      await writeFile(join(folder, name), 'half');
    }
    await replaceFile(path, chunksOf('new'));
    expect((await readdir(folder)).sort()).toEqual([...others, 'table.txt'].sort());
  });
});

describe('a folder that is written', () => {
  const files = [{ name: 'a', bytes: Buffer.from('new') }];

  it('is the one that a link leads to, empty or not there yet', async () => {
    await mkdir(join(folder, 'empty'));
    for (const to of ['empty', 'missing']) {
      await symlink(to, join(folder, `to-${to}`));
      await createFolder(join(folder, `to-${to}`), files);
      expect(await readdir(join(folder, to))).toEqual(['a']);
    }
    expect((await readdir(folder)).sort()).toEqual(['empty', 'missing', 'to-empty', 'to-missing']);
  });

  it('is refused in a sentence where it cannot be', async () => {
    await writeFile(join(folder, 'notes'), 'mine');
    const inside = join(folder, 'notes', 'new');
    await expect(createFolder(inside, files)).rejects.toThrow(
      new StoreError(`expected a folder to be written at ${inside}, got ENOTDIR`),
    );
    await expect(createFolder(join(folder, 'notes'), files)).rejects.toThrow('got ENOTDIR');
    await expect(createFolder(path, [...files, ...files])).rejects.toThrow(
      new StoreError(`expected a new file to be written at ${join(path, 'a')}, got EEXIST`),
    );
    await mkdir(path);
    await writeFile(join(path, 'kept'), 'mine');
    await expect(createFolder(path, files)).rejects.toThrow('got ENOTEMPTY');
    expect(await readdir(path)).toEqual(['kept']);
    expect((await readdir(folder)).sort()).toEqual(['notes', 'table.txt']);
  });
});
