import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { dump, text } from '../support/formats/rdb/dump.js';
import type * as scenario from '../support/platform/scenario.js';

let bundle: string;

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [new URL('../support/platform/scenario.ts', import.meta.url).pathname],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'scenario',
    platform: 'browser',
    target: 'es2023',
  });
  bundle = outputFiles[0]!.text;
});

/** The library in a world of its own, which has the language and what is given, as other engines have it. */
function load(platform: object = {}): typeof scenario {
  const world = createContext({ ...platform });
  runInContext(bundle, world);
  return (world as { scenario: typeof scenario }).scenario;
}

const csv = Buffer.from('user,timestamp,event\n1,2026-11-02,é\n');
const rdb = dump([0, text('k'), text('abc')]);

/** Promises and errors of that world are not this one's. */
async function failureOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    (value) => expect.fail(`expected an error, got ${value}`),
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

function without(part: string): string {
  return `BitmapistError: expected a platform with ${part}, got one without it`;
}

describe('where the platform is the language alone', () => {
  it('everything loads, and questions are answered', async () => {
    expect(JSON.stringify(await load().askQuestions())).toBe('[[2],2,true]');
  });

  it('lists of ids are read, and keys of any bytes', async () => {
    const library = load();
    expect([...(await library.readList([...Buffer.from('\uFEFF7\n8\n')]))]).toEqual([7, 8]);
    for (const key of ['signup', 'é', 'ключ 🔑', '\uFEFFa', '\udcff\udc80é', 'k'.repeat(10_000)]) {
      expect(library.copyKey(key)).toBe(key);
    }
  });

  it('what cannot be done is refused by the name of what is missing', async () => {
    const library = load();
    expect(await failureOf(library.readRows([...csv]))).toBe(without('TextDecoder'));
    expect(await failureOf(library.writeList([1]))).toBe(without('TextEncoder'));
    expect(await failureOf(library.copyDump())).toBe(without('AbortController'));
    expect(() => new library.HttpStore('https://example.com/')).toThrow(without('URL').split(': ')[1]);
  });
});

describe('where some of the platform is there', () => {
  it('dumps are read and written without TextDecoder', async () => {
    const library = load({ AbortController });
    expect([...(await library.copyDump())]).toEqual(['signup', 'ключ 🔑', '\udcff']);
    expect(await library.loadDump([...rdb], new AbortController().signal)).toBe(10);
  });

  it('bitmaps behind a URL are refused by the name of what would fetch them', async () => {
    const { HttpStore } = load({ URL, Headers, AbortController });
    expect(await failureOf(new HttpStore('https://example.com/').byteLengths(['k']))).toMatch(
      `got none: ${without('fetch')}`,
    );
  });

  it('good gzip is not called bad because it cannot be unpacked', async () => {
    const library = load({ TextDecoder, AbortController });
    expect([...(await library.readRows([...csv]))]).toEqual(['é']);
    expect(await failureOf(library.readRows([...gzipSync(csv)]))).toBe(without('DecompressionStream'));
    expect(await failureOf(library.loadDump([...gzipSync(rdb)]))).toBe(without('DecompressionStream'));
    expect(await failureOf(library.readList([...gzipSync('1\n')]))).toBe(without('DecompressionStream'));
  });
});
