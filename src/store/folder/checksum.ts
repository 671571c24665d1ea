/** CRC-32, as of zip and PNG: by the platform if it has it, which is some hundred times as fast. */

type Checksum = (bytes: Uint8Array) => number;

/** The checksum of bytes: a whole number below 2^32. */
export function checksumOf(bytes: Uint8Array): number {
  return checksum(bytes);
}

export function checksumByTable(bytes: Uint8Array): number {
  table ??= makeTable();
  let crc = ~0;
  for (let at = 0; at < bytes.length; at++) crc = table[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

let table: Int32Array | undefined;

/** Of the polynomial 0xedb88320, the reflected one of CRC-32. */
function makeTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
}

// Asked for by a call, since bundlers for browsers stumble over imports of parts of Node.
const checksum: Checksum = globalThis.process?.getBuiltinModule?.('node:zlib')?.crc32 ?? checksumByTable;
