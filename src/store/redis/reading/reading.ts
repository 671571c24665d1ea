/** What the store asks of connections of its own. */

import type { ByteRead } from '../../types.js';

/** Where ranges can be read, if it happens to be possible: what is not served is to be asked for in another way. */
export interface Reading {
  /**
   * Per read the bytes of its reply, -1 for one that was not served; `undefined` if none was. Targets have room for a byte or more; of those
   * that were served all is filled, of others anything may be. None is written to once this has settled.
   * @throws the signal's reason, and what the client was given up with while a reply was awaited
   */
  read(
    reads: readonly ByteRead[],
    keyPrefix: string,
    signal: AbortSignal | undefined,
  ): Promise<ArrayLike<number> | undefined>;
  /** Ends the connection, and what is under way on it, which is not served then. */
  close(): void;
}
