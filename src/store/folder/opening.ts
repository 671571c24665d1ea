import type { Files } from './files.js';
import type { CacheFolder, FolderOptions } from './folder.js';
import type { CountedRecord } from './journal.js';

/**
 * Opens a folder of cached bitmaps.
 * @param place a path, in Node, or a folder of a browser
 * @throws StoreError if it cannot be made or read
 */
export async function openFolder(
  place: string | FileSystemDirectoryHandle,
  options: FolderOptions,
  onCounts: (record: CountedRecord) => void,
): Promise<CacheFolder> {
  // Their modules load at the same time.
  const [folder, files] = await Promise.all([import('./folder.js'), filesOf(place)]);
  return folder.CacheFolder.open(files, options, onCounts);
}

async function filesOf(place: string | FileSystemDirectoryHandle): Promise<Files> {
  if (typeof place === 'string') return (await import('./node.js')).openNodeFolder(place);
  return (await import('./browser.js')).filesIn(place);
}
