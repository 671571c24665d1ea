export { replaceFile } from './formats/file.js';
export { loadStore, saveStore } from './formats/rdb/file.js';
