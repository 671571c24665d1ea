export { BitmapistError } from './errors.js';
export type { Kernel } from './kernel/types.js';
