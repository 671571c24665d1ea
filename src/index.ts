export { BitmapistError } from './errors.js';
export type { KernelChoice } from './kernel/pool.js';
export type { Kernel } from './kernel/types.js';
