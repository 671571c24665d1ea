/** The bytes that ask a server for ranges. */

import type { ByteRead } from '../../types.js';

const WIDE = /[^\0-\x7f]/;

/** One GETRANGE per read, all in one text. Targets have room for a byte or more. */
export function getRanges(reads: readonly ByteRead[], keyPrefix: string): string {
  let text = '';
  for (const { key, byteOffset, target } of reads) {
    const name = keyPrefix + key;
    const nameBytes = WIDE.test(name) ? Buffer.byteLength(name) : name.length;
    const start = String(byteOffset);
    const end = String(byteOffset + target.length - 1);
    text += `*4\r\n$8\r\nGETRANGE\r\n$${nameBytes}\r\n${name}\r\n$${start.length}\r\n${start}\r\n$${end.length}\r\n${end}\r\n`;
  }
  return text;
}
