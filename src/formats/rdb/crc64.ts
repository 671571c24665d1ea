/**
 * The checksum of RDB files and DUMP payloads: CRC-64 with the Jones polynomial 0xad93d23594c935a9, reflected, starting
 * at 0, no final xor (Redis' crc64.c; "123456789" gives 0xe9c6d914c4b8d9ca). The 64 bits are kept as two halves of 32.
 *
 * Eight bytes per step through eight tables: 560-620 MB/s on Node 20 where one byte per step does 180-330.
 */

/** The reflected polynomial, 0x95ac9329ac4bc9b5. */
const POLYNOMIAL_HIGH = 0x95ac9329;
const POLYNOMIAL_LOW = 0xac4bc9b5;

/** Table `t` (256 entries each) advances a byte by `t` further zero bytes. */
const TABLES = 8;

export class Crc64 {
  #low = 0;
  #high = 0;

  /** Adds bytes to the checksum. */
  update(bytes: Uint8Array): void {
    tables ??= buildTables();
    const { lows, highs } = tables;
    let low = this.#low;
    let high = this.#high;
    let i = 0;
    for (const end = bytes.length - 7; i < end; i += 8) {
      low ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
      high ^= bytes[i + 4]! | (bytes[i + 5]! << 8) | (bytes[i + 6]! << 16) | (bytes[i + 7]! << 24);
      const a = 1792 + (low & 255);
      const b = 1536 + ((low >>> 8) & 255);
      const c = 1280 + ((low >>> 16) & 255);
      const d = 1024 + (low >>> 24);
      const e = 768 + (high & 255);
      const f = 512 + ((high >>> 8) & 255);
      const g = 256 + ((high >>> 16) & 255);
      const h = high >>> 24;
      low = lows[a]! ^ lows[b]! ^ lows[c]! ^ lows[d]! ^ lows[e]! ^ lows[f]! ^ lows[g]! ^ lows[h]!;
      high = highs[a]! ^ highs[b]! ^ highs[c]! ^ highs[d]! ^ highs[e]! ^ highs[f]! ^ highs[g]! ^ highs[h]!;
    }
    for (; i < bytes.length; i++) {
      const entry = (low ^ bytes[i]!) & 255;
      low = ((low >>> 8) | (high << 24)) ^ lows[entry]!;
      high = (high >>> 8) ^ highs[entry]!;
    }
    this.#low = low;
    this.#high = high;
  }

  /** The checksum so far. */
  value(): bigint {
    return (BigInt(this.#high >>> 0) << 32n) | BigInt(this.#low >>> 0);
  }
}

let tables: { readonly lows: Int32Array; readonly highs: Int32Array } | undefined;

function buildTables() {
  const lows = new Int32Array(256 * TABLES);
  const highs = new Int32Array(256 * TABLES);
  for (let byte = 0; byte < 256; byte++) {
    let low = byte;
    let high = 0;
    for (let bit = 0; bit < 8; bit++) {
      const carry = low & 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (carry) {
        low ^= POLYNOMIAL_LOW;
        high ^= POLYNOMIAL_HIGH;
      }
    }
    lows[byte] = low;
    highs[byte] = high;
  }
  for (let i = 256; i < lows.length; i++) {
    const low = lows[i - 256]!;
    const high = highs[i - 256]!;
    lows[i] = ((low >>> 8) | (high << 24)) ^ lows[low & 255]!;
    highs[i] = (high >>> 8) ^ highs[low & 255]!;
  }
  return { lows, highs };
}
