export { TeamError } from './threads/error.js';
export type { TeamWorker } from './threads/platform.js';
export { Team, type TeamOptions } from './threads/team.js';
