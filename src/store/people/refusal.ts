import { BitmapistError, plural } from '../../base/errors.js';

/** The error for a map that would be restored into another one, in which the same numbers are others. */
export function refuseToMix(size: number): BitmapistError {
  return new BitmapistError(
    `expected a map of nobody to restore one into, got one that has given out ${size} ${plural(size, 'number')}`,
  );
}
