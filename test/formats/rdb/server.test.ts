import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RdbString, readRdb } from '../../../src/formats/rdb/reader.js';
import { type EncodeRdbOptions, encodeRdb, type RdbEntry } from '../../../src/formats/rdb/writer.js';
import { encodeKey } from '../../../src/names/key-text.js';
import { findTool } from '../../support/servers/binary.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';

const MIB = 2 ** 20;
const SOON_MS = Date.now() + 3_600_000;

let folder: string;
let server: RedisServer;
let client: Redis;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitmapist-rdb-'));
  server = await startRedis({
    args: ['--dir', folder, '--enable-debug-command', 'yes', '--proto-max-bulk-len', '512mb'],
  });
  client = new Redis(server.url);
});

afterAll(async () => {
  client?.disconnect();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What a server holds under its string keys, as the reader gives it. */
async function stringsOf(redis: Redis): Promise<RdbString[]> {
  const found: RdbString[] = [];
  for (let db = 0; db < 16; db++) {
    await redis.select(db);
    for (const key of await redis.keysBuffer('*')) {
      if ((await redis.type(key)) !== 'string') continue;
      const bytes = new Uint8Array((await redis.getBuffer(key))!);
      const expiresAtMs = Number(await redis.call('PEXPIRETIME', key));
      found.push({ db, key: key.toString('latin1'), bytes, ...(expiresAtMs > 0 && { expiresAtMs }) });
    }
  }
  await redis.select(0);
  return found;
}

/** One line for each string, to compare sets of them; keys as their bytes. */
function digests(strings: readonly RdbString[], keyBytes: (key: string) => Uint8Array): string[] {
  return strings
    .map(({ db, key, bytes, expiresAtMs }) =>
      [
        db,
        Buffer.from(keyBytes(key)).toString('latin1'),
        bytes.length,
        createHash('sha256').update(bytes).digest('hex'),
        expiresAtMs,
      ].join(' '),
    )
    .sort();
}

async function readAll(path: string): Promise<RdbString[]> {
  const found: RdbString[] = [];
  for await (const string of readRdb(createReadStream(path))) found.push(string);
  return found;
}

async function addStrings(redis: Redis): Promise<void> {
  await redis.set('text', 'value');
  await redis.set('empty', '');
  for (const id of [2, 3, 7]) await redis.setbit('users:2,3,7', id, 1);
  for (const number of [
    0,
    -1,
    127,
    -128,
    128,
    -129,
    32767,
    -32768,
    32768,
    -32769,
    2147483647,
    -2147483648,
    2147483648,
    -2147483649,
    '007',
    '-0',
  ]) {
    await redis.set(`number:${number}`, number);
    await redis.set(String(number), 'key is a number');
  }
  await redis.set('compressible', 'abcabcabd'.repeat(1000));
  await redis.setbit('sparse', 8_000_000, 1);
  await redis.set(Buffer.from([0xff, 0x00, 0xfe]), Buffer.from([0, 1, 2, 255]));
  await redis.set('ключ 🔑', 'unicode');
  await redis.set('k'.repeat(20_000), 'a long key');
  for (const length of [20, 21, 63, 64, 16_383, 16_384]) {
    const bytes = Buffer.from(Uint8Array.from({ length }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 21));
    await redis.set(`length:${length}`, bytes);
    await redis.set(bytes, 'length of a key');
  }
  await redis.set('expires', 'later', 'PXAT', SOON_MS);
  await redis.select(3);
  await redis.set('text', 'of another database');
  await redis.select(15);
  for (let i = 0; i < 3000; i++) redis.setbit(`daily:${i}`, i * 37, 1);
  await redis.setbit('daily:last', 5, 1);
  await redis.select(0);
}

/** Every other data type that Redis 7.0 has, in every encoding. */
async function addOthers(redis: Redis): Promise<void> {
  const many = Array.from({ length: 1000 }, (_, i) => `member ${i}`);
  const long = 'x'.repeat(20_000);
  await redis.rpush('list', 'a', '1', long);
  await redis.rpush('list:long', ...many);
  await redis.config('SET', 'list-max-listpack-size', '-1');
  await redis.rpush('list:plain', 'short', 'y'.repeat(100_000), 'short');
  await redis.sadd('set:ints', 1, 2, 300, 70_000, '5000000000');
  await redis.sadd('set', 'a', 'b', long);
  await redis.sadd('set:long', ...many);
  await redis.zadd('zset', 1.5, 'a', '-inf', 'b', '+inf', 'c');
  await redis.zadd('zset:long', ...many.flatMap((member, i) => [i / 7, member]));
  await redis.hset('hash', { field: 'value', number: 12, long });
  await redis.hset('hash:long', Object.fromEntries(many.map((member, i) => [member, i])));
  await redis.hset('hash:small', { field: 'value' });
  await redis.geoadd('geo', 13.361389, 38.115556, 'Palermo');
  await redis.pfadd('hll:sparse', 'a', 'b');
  await redis.pfadd('hll:dense', ...Array.from({ length: 5000 }, (_, i) => `visitor ${i}`));
  for (let i = 0; i < 300; i++) await redis.xadd('stream', '*', 'field', i, 'other', `value ${i}`);
  await redis.xadd('stream:one', '1-1', 'f', 'v');
  await redis.xdel('stream:one', '1-1');
  await redis.xgroup('CREATE', 'stream', 'group', '0');
  await redis.xgroup('CREATE', 'stream', 'idle', '$');
  await redis.xreadgroup('GROUP', 'group', 'alice', 'COUNT', 10, 'STREAMS', 'stream', '>');
  await redis.xreadgroup('GROUP', 'group', 'bob', 'COUNT', 3, 'STREAMS', 'stream', '>');
  await redis.xgroup('CREATECONSUMER', 'stream', 'group', 'carol');
  await redis.call(
    'FUNCTION',
    'LOAD',
    "#!lua name=lib\nredis.register_function('f', function() return 1 end)",
  );
  await redis.pexpireat('hash', SOON_MS);
  await redis.select(7);
  await redis.sadd('set', 'alone in its database');
  await redis.select(0);
}

describe('a dump of a real server', () => {
  it('holding every data type reads to exactly its strings', async () => {
    await addStrings(client);
    await addOthers(client);
    const expected = digests(await stringsOf(client), (key) => Buffer.from(key, 'latin1'));
    expect(expected.length).toBeGreaterThan(3030);
    for (const policy of ['noeviction', 'allkeys-lru', 'allkeys-lfu']) {
      await client.config('SET', 'maxmemory-policy', policy);
      await client.config('SET', 'rdbcompression', policy === 'noeviction' ? 'yes' : 'no');
      await client.save();
      expect(digests(await readAll(join(folder, 'dump.rdb')), encodeKey)).toEqual(expected);
    }
    await client.config('SET', 'maxmemory-policy', 'noeviction');
    await client.config('SET', 'rdbcompression', 'yes');
  });

  it('without checksum is read too', async () => {
    const bare = await startRedis({
      args: ['--dir', folder, '--dbfilename', 'bare.rdb', '--rdbchecksum', 'no'],
    });
    const redis = new Redis(bare.url);
    try {
      await redis.set('key', 'value');
      await redis.save();
      const [found] = await readAll(join(folder, 'bare.rdb'));
      expect(Buffer.from(found!.bytes).toString()).toBe('value');
    } finally {
      redis.disconnect();
      await bare.stop();
    }
  });

  it('printed by redis-cli is read past the mark of the transfer and whatever a shell puts after it', async () => {
    await client.flushall();
    await client.set('key', 'value');
    await client.config('SET', 'repl-diskless-sync-delay', 0);
    const printed = await printRdb();
    expect(printed.subarray(-40).toString()).toMatch(/^[0-9a-f]{40}$/);
    for (const [name, after] of Object.entries({ mark: '', line: '\n', disk: '\r\n\0\0\0' })) {
      const path = join(folder, `printed-${name}.rdb`);
      await writeFile(path, Buffer.concat([printed, Buffer.from(after)]));
      await withServerOn(path, async (other) => expect(await other.get('key')).toBe('value'));
      expect((await readAll(path)).map(({ key }) => key)).toEqual(['key']);
    }
  });

  it('at the head of an append-only file is refused, since later writes follow it', async () => {
    const path = join(folder, 'with-preamble');
    await mkdir(path);
    const args = ['--dir', path, '--appendonly', 'yes', '--enable-debug-command', 'yes'];
    const writing = await startRedis({ args });
    const redis = new Redis(writing.url);
    try {
      await redis.set('early', 'value');
      await redis.bgrewriteaof();
      await vi.waitFor(async () => {
        const info = await redis.info('persistence');
        expect(info).toMatch(/aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0/);
      });
      await redis.set('late', 'value');
    } finally {
      redis.disconnect();
      await writing.stop();
    }
    // Until Redis 7.0 both parts were one file, which later servers load as well.
    const parts = await readdir(join(path, 'appendonlydir'));
    const read = (kind: string) =>
      readFile(join(path, 'appendonlydir', parts.find((part) => part.includes(kind))!));
    const [base, commands] = [await read('.base.rdb'), await read('.incr.aof')];
    await rm(join(path, 'appendonlydir'), { recursive: true });
    await writeFile(join(path, 'appendonly.aof'), Buffer.concat([base, commands]));
    await expect(readAll(join(path, 'appendonly.aof'))).rejects.toThrow(
      `expected nothing after the dump, got the commands of an append-only file, whose writes would be missing, after 1 key (at byte ${base.length})`,
    );
    const loading = await startRedis({ args });
    const other = new Redis(loading.url);
    try {
      expect(await other.mget('early', 'late')).toEqual(['value', 'value']);
    } finally {
      other.disconnect();
      await loading.stop();
    }
  });

  it('with a key of 100 MB takes the memory of that key and little more', async () => {
    const piece = new Uint8Array(MIB).map((_, i) => Math.imul(i, 0x9e3779b1) >>> 13);
    await client.flushall();
    for (let i = 0; i < 100; i++) await client.setrange('big', i * MIB, Buffer.from(piece.fill(i, 0, 100)));
    await client.save();
    const hash = createHash('sha256')
      .update((await client.getBuffer('big'))!)
      .digest('hex');
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    const reading = readRdb(createReadStream(join(folder, 'dump.rdb')), {
      onProgress: () => {
        peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
      },
    });
    for await (const { key, bytes } of reading) {
      expect([key, bytes.length]).toEqual(['big', 100 * MIB]);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(hash);
    }
    expect(peak).toBeLessThan(200 * MIB);
    await client.flushall();
  });
});

describe('a dump of ours', () => {
  it.each([{ compress: true }, { compress: false }])('loads in a real server (%o)', async (options) => {
    await client.flushall();
    await addStrings(client);
    const digest = await client.call('DEBUG', 'DIGEST');
    await client.save();
    const path = join(folder, `ours-${options.compress}.rdb`);
    await write(path, await readAll(join(folder, 'dump.rdb')), options);
    await checkRdb(path);
    await withServerOn(path, async (other) => {
      expect(await other.call('DEBUG', 'DIGEST')).toBe(digest);
    });
    const expected = digests(await stringsOf(client), (key) => Buffer.from(key, 'latin1'));
    expect(digests(await readAll(path), encodeKey)).toEqual(expected);
  });

  it('holds values that arrive in pieces, compressed where that helps', async () => {
    const dense = new Uint8Array(3 * MIB).map((_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 7);
    const entries: RdbEntry[] = [
      { key: 'zeros', bytes: inPieces(new Uint8Array(64 * MIB), 100_003) },
      { key: 'dense', bytes: inPieces(dense, 65_537) },
      { key: 'dense at first', bytes: inPieces(Buffer.concat([dense, new Uint8Array(20 * MIB)]), MIB) },
      { key: 'short', bytes: inPieces(Uint8Array.of(1, 2, 3), 1) },
      { key: 'empty', bytes: inPieces(new Uint8Array(0), 1) },
    ];
    const path = join(folder, 'pieces.rdb');
    await write(path, entries);
    await checkRdb(path);
    await withServerOn(path, async (other) => {
      expect(await other.bitcount('zeros')).toBe(0);
      expect(await other.strlen('zeros')).toBe(64 * MIB);
      expect(Buffer.compare((await other.getBuffer('dense'))!, dense)).toBe(0);
      expect(await other.strlen('dense at first')).toBe(23 * MIB);
      expect(await other.getBuffer('short')).toEqual(Buffer.of(1, 2, 3));
      expect(await other.exists('empty')).toBe(1);
    });
    let bytes = 0;
    for await (const chunk of createReadStream(path)) bytes += chunk.length;
    expect(bytes).toBeLessThan(9 * MIB);
  });
});

function inPieces(bytes: Uint8Array, size: number) {
  return {
    byteLength: bytes.length,
    *chunks() {
      for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
    },
  };
}

async function write(path: string, entries: Iterable<RdbEntry>, options?: EncodeRdbOptions): Promise<void> {
  await pipeline(Readable.from(encodeRdb(entries, options)), createWriteStream(path));
}

/** Runs `redis-cli`, `redis-check-rdb` or their kin of Valkey, and gives back what they print. */
async function runTool(name: 'cli' | 'check-rdb', args: string[]): Promise<Buffer> {
  return (await promisify(execFile)(await findTool(name), args, { encoding: 'buffer' })).stdout;
}

/** Asks Redis' own checker. */
async function checkRdb(path: string): Promise<void> {
  expect((await runTool('check-rdb', [path])).toString()).toContain('RDB looks OK!');
}

function printRdb(): Promise<Buffer> {
  return runTool('cli', ['-p', String(server.port), '--rdb', '-']);
}

async function withServerOn(path: string, use: (client: Redis) => Promise<void>): Promise<void> {
  const args = ['--dir', dirname(path), '--dbfilename', path.slice(dirname(path).length + 1)];
  const loaded = await startRedis({ args: [...args, '--enable-debug-command', 'yes'] });
  const redis = new Redis(loaded.url);
  try {
    await use(redis);
  } finally {
    redis.disconnect();
    await loaded.stop();
  }
}
