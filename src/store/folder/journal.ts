import { SIGNATURE_WORDS } from '../signature.js';
import { checksumOf } from './checksum.js';

/**
 * Counts as records of a file that is only ever added to, each of what one question has counted: 4 bytes that name the format, a
 * CRC-32 of what follows, the number of counts, 4 bytes of nothing, the counts as doubles, and their signatures as 32-bit
 * integers. A record whose checksum is wrong, as of a process that was killed while it wrote, ends what is believed.
 */

export interface CountedRecord {
  /** `SIGNATURE_WORDS` for each count. */
  readonly signatures: Uint32Array;
  readonly counts: Float64Array;
}

/** In the order of bytes of the machine: another one reads something else here. */
const MAGIC = 0x31_63_6d_62;
const HEADER_BYTES = 16;
const COUNT_BYTES = 8 + 4 * SIGNATURE_WORDS;

export function encodeCounts({ signatures, counts }: CountedRecord): Uint8Array<ArrayBuffer> {
  const byteLength = HEADER_BYTES + counts.length * COUNT_BYTES;
  // Records begin at multiples of 8 bytes, so that counts can be read where they are.
  const record = new Uint8Array(Math.ceil(byteLength / 8) * 8);
  new Float64Array(record.buffer, HEADER_BYTES, counts.length).set(counts);
  new Uint32Array(record.buffer, HEADER_BYTES + counts.byteLength, signatures.length).set(signatures);
  const header = new Uint32Array(record.buffer, 0, 4);
  header[2] = counts.length;
  header[1] = checksumOf(record.subarray(8));
  header[0] = MAGIC;
  return record;
}

/** The records of a file, up to the first one that is not sound. */
export function* decodeCounts(file: Uint8Array): Generator<CountedRecord, void, undefined> {
  const bytes = file.slice();
  for (let from = 0; from + HEADER_BYTES <= bytes.length; ) {
    const [magic, checksum, count = 0] = new Uint32Array(bytes.buffer, from, 3);
    const end = from + Math.ceil((HEADER_BYTES + count * COUNT_BYTES) / 8) * 8;
    if (magic !== MAGIC || end > bytes.length || checksum !== checksumOf(bytes.subarray(from + 8, end)))
      return;
    const counts = new Float64Array(bytes.buffer, from + HEADER_BYTES, count);
    yield {
      counts,
      signatures: new Uint32Array(
        bytes.buffer,
        counts.byteOffset + counts.byteLength,
        count * SIGNATURE_WORDS,
      ),
    };
    from = end;
  }
}
