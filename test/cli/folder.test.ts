import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/index.js';
import { loadStore } from '../../src/node.js';
import { encodeRdb } from '../../src/rdb.js';
import { makeFolder, outputOf, runCommand } from '../support/cli/command.js';

let folder: Awaited<ReturnType<typeof makeFolder>>;

beforeAll(async () => {
  folder = await makeFolder();
});

afterAll(() => folder?.remove());

/** A folder of bitmaps of their own, each of one id: that of its event. */
async function makeBitmaps(count: number): Promise<string> {
  const path = folder.path(`bitmaps-${count}`);
  await mkdir(path);
  for (let id = 0; id < count; id++) {
    const bytes = new Uint8Array((id >> 3) + 1);
    bytes[id >> 3] = 0x80 >> (id & 7);
    await writeFile(join(path, `trackist_event${id}_2026-11`), bytes);
  }
  return path;
}

describe('a folder', () => {
  it.each([0, 1, 63, 64, 65, 129])('of %i bitmaps is read whole, each of them once', async (count) => {
    const path = await makeBitmaps(count);
    const ids = Array.from({ length: count }, (_, id) => id);
    const names = ids.map((id) => `event${id}\n`).sort();
    expect(await outputOf('events', path)).toBe(names.join(''));
    const ours = JSON.parse(await outputOf('inspect', path, '--format', 'json'));
    expect([ours.events.length, ours.total.ids, ours.others.count]).toEqual([count, count, 0]);
    const theirs = JSON.parse(await outputOf('inspect', path, '--key-prefix', 'x_', '--format', 'json'));
    expect([theirs.events.length, theirs.others.count]).toEqual([0, count]);
    if (count === 0) return;
    const dump = folder.path(`${count}.rdb`);
    expect(await outputOf('export', path, '--to', dump)).toBe(`${count} key${count === 1 ? '' : 's'}\n`);
    const bitmapist = new Bitmapist({ store: await loadStore(dump) });
    for (const id of ids) {
      expect([...(await bitmapist.month(`event${id}`, '2026-11').ids())], `event${id}`).toEqual([id]);
    }
  });
});

describe('an exported folder', () => {
  it('holds an index of all its keys beside them, which is no bitmap', async () => {
    const keys = {
      '@index.json': 3,
      'index.json': 1,
      '%40index.json': 2,
      __proto__x: 4,
      'é/€': 5,
      'byte\udcff': 6,
      empty: 0,
    };
    const chunks: Uint8Array[] = [];
    const entries = Object.entries(keys).map(([key, length]) => ({
      key,
      bytes: new Uint8Array(length).fill(1),
    }));
    for await (const chunk of encodeRdb(entries)) chunks.push(chunk.slice());
    const dump = await folder.write('names.rdb', Buffer.concat(chunks));
    const path = folder.path('named');
    expect(await outputOf('export', dump, '--to', path, '--key-prefix', '')).toBe('7 keys\n');
    expect(JSON.parse(readFileSync(join(path, '@index.json'), 'utf8'))).toEqual(keys);
    expect(readdirSync(path).sort()).toEqual(
      [
        '@index.json',
        '%40index.json',
        'index.json',
        '%2540index.json',
        '__proto__x',
        '%C3%A9%2F%E2%82%AC',
        'byte%FF',
        'empty',
      ].sort(),
    );
    const again = folder.path('again');
    expect(await outputOf('export', path, '--to', again, '--key-prefix', '')).toBe('7 keys\n');
    for (const name of readdirSync(path)) {
      expect(readFileSync(join(again, name)), name).toEqual(readFileSync(join(path, name)));
    }
  });

  it('is not there, nor is its index, before all of it is', async () => {
    const path = folder.path('too-long');
    const chunks: Uint8Array[] = [];
    const entries = [
      { key: 'trackist_a_u', bytes: Uint8Array.of(1) },
      { key: `trackist_${'é'.repeat(90)}_u`, bytes: Uint8Array.of(1) },
    ];
    for await (const chunk of encodeRdb(entries)) chunks.push(chunk.slice());
    const dump = await folder.write('too-long.rdb', Buffer.concat(chunks));
    const { code, stderr } = await runCommand(['export', dump, '--to', path]);
    expect(code).toBe(2);
    expect(stderr).toContain('expected a key whose file name has 1 to 255 characters');
    expect(existsSync(path)).toBe(false);
  });
});
