/** What the file system refuses, in this library's words. For Node only. */

import { StoreError } from '../base/errors.js';

/**
 * Waits for work with files; `expected` says what it is for.
 * @throws StoreError for an error of the file system, which is its `cause`; any other error as it is.
 */
export async function explainSystemError<T>(expected: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw new StoreError(`expected ${expected}, got ${cause.code}`, { cause });
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string' && 'errno' in error
  );
}
