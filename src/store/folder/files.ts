/** The few things that a cache asks of a folder of files: of Node's file system, or of a browser's. */
export interface Files {
  /** The names of all files. */
  list(): Promise<string[]>;

  /** A number that changes if files come or go, at no cost worth mentioning; `undefined` if that cannot be told. */
  version(): number | undefined;

  /** What is made of a file's bytes, which are overwritten by the next call; `undefined` if there is no such file. */
  read<T>(name: string, use: (bytes: Uint8Array<ArrayBuffer>) => T): Promise<T | undefined>;

  /** Makes a file that is there as a whole or not at all while the system runs; after a loss of power it may be torn. */
  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;

  /** Adds to the end of a file, which is made if it is missing; killed meanwhile, a part may have been added. */
  append(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;

  /** Removes a file if it is there. */
  remove(name: string): Promise<void>;

  /** Notes that a file has been used, if that can be noted. */
  touch(name: string): Promise<void>;

  /** How long a file is, and when it was used last, in milliseconds since 1970; `undefined` if there is no such file. */
  look(name: string): Promise<{ byteLength: number; usedMs: number } | undefined>;
}
