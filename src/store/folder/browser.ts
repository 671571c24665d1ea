import { StoreError } from '../../base/errors.js';
import type { Files } from './files.js';

/** A folder of a browser, such as one of the origin private file system. Every failure is a StoreError. */
export function filesIn(folder: FileSystemDirectoryHandle): Files {
  const fileOf = async (name: string): Promise<File | undefined> => {
    try {
      return await (await folder.getFileHandle(name)).getFile();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
  const write = async (
    name: string,
    bytes: Uint8Array<ArrayBuffer>,
    keepExistingData: boolean,
  ): Promise<void> => {
    const handle = await folder.getFileHandle(name, { create: true });
    // Into a file beside it, which takes its place when it is closed.
    const stream = await handle.createWritable({ keepExistingData });
    if (keepExistingData) await stream.seek((await handle.getFile()).size);
    await stream.write(bytes);
    await stream.close();
  };
  return {
    list: () =>
      explain(async () => {
        const names: string[] = [];
        for await (const name of folder.keys()) names.push(name);
        return names;
      }),
    version: () => undefined,
    read: (name, use) =>
      explain(async () => {
        const file = await fileOf(name);
        return file && use(new Uint8Array(await file.arrayBuffer()));
      }),
    write: (name, bytes) => explain(() => write(name, bytes, false)),
    append: (name, bytes) => explain(() => write(name, bytes, true)),
    remove: (name) =>
      explain(async () => {
        await folder.removeEntry(name).catch((error: unknown) => {
          if (!isMissing(error)) throw error;
        });
      }),
    // Browsers note when files were written alone.
    touch: async () => {},
    look: (name) =>
      explain(async () => {
        const file = await fileOf(name);
        return file && { byteLength: file.size, usedMs: file.lastModified };
      }),
  };
}

async function explain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.name : String(cause);
    throw new StoreError(`expected a folder for cached bitmaps, got ${reason}`, { cause });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && error.name === 'NotFoundError';
}
