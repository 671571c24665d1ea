/** What may follow a dump's checksum. Redis itself reads no further than that. */

import { FormatError } from '../../base/errors.js';
import { latin1 } from '../bytes.js';
import type { ByteCursor } from '../cursor.js';

/** By this a server tells the end of a dump it sends while saving; `redis-cli --rdb -` leaves it where it prints. */
const END_MARK = /^[0-9a-f]{40}$/;
const END_MARK_BYTES = 40;
const EXCERPT_BYTES = 4;

/**
 * Reads what is left: at most the mark of a transfer, and after it white space (of a shell) or zeros (of a disk).
 * @throws FormatError for anything else. The commands of an append-only file are refused by name: Redis goes on with
 * them, so that a dump read without them would be out of date.
 */
export async function readTail(cursor: ByteCursor): Promise<void> {
  await cursor.fill(END_MARK_BYTES);
  if (END_MARK.test(latin1(cursor.peek(END_MARK_BYTES)))) cursor.view(END_MARK_BYTES);
  while (!(await cursor.atEnd())) {
    const blanks = cursor.peek(cursor.available).findIndex((byte) => !isBlank(byte));
    cursor.view(blanks < 0 ? cursor.available : blanks);
    if (blanks >= 0) {
      await cursor.fill(EXCERPT_BYTES);
      const isCommand = /^(?:\*|#TS:)/.test(latin1(cursor.peek(EXCERPT_BYTES)));
      const got = isCommand
        ? 'the commands of an append-only file, whose writes would be missing'
        : 'other bytes';
      throw new FormatError(`expected nothing after the dump, got ${got}`, cursor.byteOffset);
    }
  }
}

function isBlank(byte: number): boolean {
  return byte === 0 || byte === 32 || (byte >= 9 && byte <= 13);
}
