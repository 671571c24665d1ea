export { type ForgetInDumpOptions, forgetInDump } from './events/forgetting-dump.js';
export { replaceFile } from './formats/file.js';
export { createFolder, type FolderFile } from './formats/folder.js';
export { loadStore, saveStore } from './store/dump-file.js';
