import type { Files } from './files.js';
import { CacheFolder, type FolderOptions } from './folder.js';
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
  return CacheFolder.open(await filesOf(place), options, onCounts);
}

async function filesOf(place: string | FileSystemDirectoryHandle): Promise<Files> {
  if (typeof place === 'string') return (await import('./node.js')).openNodeFolder(place);
  return (await import('./browser.js')).filesIn(place);
}
