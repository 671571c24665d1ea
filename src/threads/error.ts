import { BitmapistError } from '../base/errors.js';

/** A worker of a team ended, or the team was closed, while a question was counted there. The next question gets a new worker. */
export class TeamError extends BitmapistError {
  override name = 'TeamError';
}
