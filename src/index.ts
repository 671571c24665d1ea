export { BitmapistError } from './errors.js';
