import { Team } from '../../threads.js';

/** The threads of all questions to this engine; they end with the worker that it is in. */
export const team = new Team();
