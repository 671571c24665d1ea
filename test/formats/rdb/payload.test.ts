import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/base/errors.js';
import { Crc64 } from '../../../src/formats/rdb/crc64.js';
import { decodeDumpPayload, encodeDumpPayload } from '../../../src/formats/rdb/payload.js';
import { checksumBytes, type Raw, raw, text } from '../../support/formats/rdb/dump.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';

let server: RedisServer;
let client: Redis;

beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.url);
});

afterAll(async () => {
  client?.disconnect();
  await server?.stop();
});

const values = [
  ...[
    '',
    '1',
    '127',
    '128',
    '-128',
    '-129',
    '32767',
    '32768',
    '-32768',
    '-32769',
    '2147483647',
    '2147483648',
  ],
  ...['text', 'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(10_000), Buffer.from([0xff, 0, 1])],
  ...[63, 64, 16_383, 16_384].map((length) =>
    Buffer.from(Uint8Array.from({ length }, (_, i) => i * i * 7 + i)),
  ),
];

describe('DUMP payloads', () => {
  it.each(values)('of a real server are read: %j', async (value) => {
    await client.set('key', value);
    const payload = (await client.dumpBuffer('key'))!;
    expect(Buffer.from(await decodeDumpPayload(payload))).toEqual(Buffer.from(value));
  });

  it.each(values)('of ours are restored by a real server: %j', async (value) => {
    await client.restore('restored', 0, Buffer.from(encodeDumpPayload(Buffer.from(value))), 'REPLACE');
    expect(await client.getBuffer('restored')).toEqual(Buffer.from(value));
  });

  it('may begin with data of modules about the key, and may have no checksum', async () => {
    const payload = raw(0xf3, 1, ['SPEC', 2, 9, 0], 0, text('value'), [13, 0], new Uint8Array(8));
    expect(Buffer.from(await decodeDumpPayload(payload)).toString()).toBe('value');
  });

  it('of other types are refused', async () => {
    await client.del('key');
    await client.rpush('key', 'a');
    await expect(decodeDumpPayload((await client.dumpBuffer('key'))!)).rejects.toThrow(
      'expected a string, got a value of type 18 (at byte 0)',
    );
  });

  const signed = (...parts: Raw[]) => {
    const body = raw(parts, [9, 0]);
    const checksum = new Crc64();
    checksum.update(body);
    return raw(body, checksumBytes(checksum.value()));
  };

  it.each([
    ['are too short', raw(0, 0, 9, 0), 'expected a DUMP payload of more than 10 bytes, got 4'],
    ['are nothing but their end', signed(), 'expected a DUMP payload of more than 10 bytes, got 10'],
    ['are damaged', encodeDumpPayload(Uint8Array.of(1, 2)).with(2, 7), 'the payload is damaged (at byte 6)'],
    ['end within the value', signed(0, 5, 'abc'), 'expected another 2 bytes, got the end'],
    ['go on after the value', signed(0, 1, 'abc'), 'expected nothing after the value, got 2 bytes'],
    ['hold no type', signed(0xf3, 0), 'expected another byte, got the end'],
  ])('are refused where they %s', async (_, payload, message) => {
    await expect(decodeDumpPayload(payload)).rejects.toThrow(FormatError);
    await expect(decodeDumpPayload(payload)).rejects.toThrow(message);
  });
});
