import { gzipSync } from 'node:zlib';
import { Bitmap } from '../../../../src/bitmap/bitmap.js';
import { concatBytes } from '../../../../src/formats/bytes.js';
import { encodeState } from '../../../../src/formats/clickhouse/state.js';
import { encodeDumpPayload } from '../../../../src/formats/rdb/payload.js';
import { encodeRdb } from '../../../../src/formats/rdb/writer.js';
import { encodeRoaring } from '../../../../src/formats/roaring/writer.js';
import { dump } from '../rdb/dump.js';
import { opcodes, values } from '../rdb/parts.js';
import { Random } from './random.js';

/** Sound files to begin with, none longer than some kilobytes: what is wrong with them is to come. */
export interface Corpus {
  readonly dumps: readonly Uint8Array[];
  readonly payloads: readonly Uint8Array[];
  readonly roaring: readonly Uint8Array[];
  readonly tables: readonly Uint8Array[];
  readonly lists: readonly Uint8Array[];
  readonly lines: readonly Uint8Array[];
  readonly states: readonly Uint8Array[];
}

export async function buildCorpus(): Promise<Corpus> {
  const random = new Random(1);
  const bitmaps = Array.from({ length: 12 }, () => randomBitmap(random, 1000));
  const written = await Promise.all(
    [true, false].map((compress) =>
      collect(
        encodeRdb(
          bitmaps.map((bytes, i) => ({ key: `trackist_event_2026-${i}`, bytes })),
          { compress },
        ),
      ),
    ),
  );
  const everything = (['redis', 'valkey'] as const).map((dialect) =>
    dump(
      [...opcodes, ...values].flatMap((part) => (part.dialects.includes(dialect) ? [part.bytes] : [])),
      dialect === 'redis' ? 'REDIS0016' : 'VALKEY080',
    ),
  );
  const dumps = [...written, ...everything];
  const rows = Array.from(
    { length: 40 },
    (_, id) => `${id},${id % 2 ? 1e9 + id * 7919 : '2026-11-22T10:00'},"é ""${id}"""`,
  );
  const tables = ['\n', '\r\n'].map((end) =>
    utf8(`\uFEFF${['user,timestamp,event', ...rows].join(end)}${end}`),
  );
  const lists = ['\n', ' \r\n'].map((end) =>
    utf8(Array.from({ length: 300 }, (_, i) => i ** 3 + end).join('')),
  );
  const objects = Array.from({ length: 40 }, (_, id) =>
    JSON.stringify({ user: id, time: id % 2 ? 1e9 + id * 7919 : '2026-11-22T10:00', what: { event: 'é' } }),
  );
  const lines = ['\n', ' \r\n'].map((end) => utf8(objects.join(end)));
  const few = new Bitmap();
  few.change([1, 70_000, 2 ** 32 - 1], 1);
  return {
    dumps: [...dumps, new Uint8Array(gzipSync(everything[0]!))],
    payloads: bitmaps.map((bytes) => encodeDumpPayload(bytes)),
    roaring: Array.from({ length: 12 }, () => randomBitmap(random, 40_000)).map((bytes) =>
      encodeRoaring(Bitmap.fromBytes(bytes).containers()),
    ),
    tables: [...tables, new Uint8Array(gzipSync(tables[0]!))],
    lists: [...lists, new Uint8Array(gzipSync(lists[0]!))],
    lines: [...lines, new Uint8Array(gzipSync(lines[0]!))],
    states: [few, ...bitmaps.map((bytes) => Bitmap.fromBytes(bytes))].map((bitmap) =>
      concatBytes(encodeState(bitmap)),
    ),
  };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Loners, crowds and stretches. */
function randomBitmap(random: Random, maxBytes: number): Uint8Array {
  const bytes = new Uint8Array(random.below(maxBytes));
  for (let pieces = random.below(6); pieces > 0; pieces--) {
    const from = random.below(bytes.length);
    const to = Math.min(bytes.length, from + random.below(maxBytes / 10));
    const kind = random.below(3);
    if (kind === 0) bytes.fill(0xff, from, to);
    else for (let at = from; at < to; at += kind === 1 ? 1 : 97) bytes[at] = random.below(256);
  }
  return bytes;
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return concatBytes(all);
}
