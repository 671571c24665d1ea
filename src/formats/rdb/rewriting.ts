/** A dump with other values under some of its keys, and everything else in it byte for byte as it was. */

import { FormatError } from '../../base/errors.js';
import { ByteCursor } from '../cursor.js';
import { unpackGzip } from '../gzip.js';
import { type ByteInput, readChunks } from '../input.js';
import { Crc64 } from './crc64.js';
import { type RdbPlace, type RdbReadOptions, type RdbString, readPlacedRdb } from './reader.js';
import { encodeUint64 } from './strings.js';
import { encodeString } from './writer.js';

/** What is changed, beside what is read at all. */
export interface RewriteOptions extends Omit<RdbReadOptions, 'keepExpired' | 'nowMs'> {
  /** What a key holds from now on: the bytes that it was given to leave it as it is, `undefined` to take the key out. */
  readonly edit: (string: RdbString) => Uint8Array | undefined;
  /** Told of keys that hold no strings. */
  readonly onOther?: ((key: string, db: number) => void) | undefined;
}

/**
 * The bytes of the new dump, unpacked, in chunks. Keys of other types and databases, expiries, functions, data of modules and
 * whatever else there is are copied without being understood; keys that have expired are edited as well. The sizes of tables that
 * servers note before the keys, a hint for the one that loads them, stay as they were. Memory as for `readRdb`.
 * @param open gives the dump from its beginning, and is called twice: it is read and copied side by side
 * @throws RdbError for a dump that is damaged or of an unknown kind; what was written until then is of no use
 */
export async function* rewriteRdb(
  open: () => ByteInput,
  { edit, onOther, ...options }: RewriteOptions,
): AsyncGenerator<Uint8Array, void> {
  const place: RdbPlace = { from: 0, valueFrom: 0, to: 0, end: 0, checksumBytes: 0 };
  const strings = readPlacedRdb(open(), { ...options, keepExpired: true }, place, onOther);
  const source = new ByteCursor(unpackGzip(readChunks(open(), options.signal)));
  const checksum = new Crc64();
  try {
    for await (const string of strings) {
      const { from, valueFrom, to } = place;
      const edited = edit(string);
      if (edited === string.bytes) continue;
      if (edited === undefined && Number.isNaN(from)) {
        throw new FormatError(
          'expected what is said about a key right before it, got other things in between',
          valueFrom,
        );
      }
      yield* copyUntil(source, edited === undefined ? from : valueFrom, checksum);
      await source.skip(to - source.byteOffset);
      if (edited === undefined) continue;
      for await (const bytes of encodeString(edited, true)) {
        checksum.update(bytes);
        yield bytes;
      }
    }
    yield* copyUntil(source, place.end, checksum);
    if (place.checksumBytes > 0) yield encodeUint64(checksum.value());
    await source.skip(place.checksumBytes);
    while (!(await source.atEnd())) yield source.view(source.available);
  } finally {
    await strings.return();
    await source.close();
  }
}

async function* copyUntil(
  source: ByteCursor,
  byteOffset: number,
  checksum: Crc64,
): AsyncGenerator<Uint8Array, void> {
  while (source.byteOffset < byteOffset) {
    await source.fill(1);
    const bytes = source.view(Math.max(1, Math.min(source.available, byteOffset - source.byteOffset)));
    checksum.update(bytes);
    yield bytes;
  }
}
