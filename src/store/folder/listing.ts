import type { Files } from './files.js';
import { ALL, type CachedName, formatName, parseName } from './name.js';

/** How often a question looks for what other processes have done. */
const LOOK_MS = 1000;
/** A folder that was changed so shortly before it was listed may have been changed again within the same tick of its clock. */
const TICK_MS = 100;

/** What a folder holds of one owner, by listing it: which bitmap of each key is to be believed. */
export class Listing {
  /** By the key as the name of a file. */
  #bitmaps = new Map<string, CachedName>();
  /** Until when what was begun to be read is not to be believed. */
  readonly #goneMs = new Map<string, number>();
  readonly #files: Files;
  readonly #owner: string;
  #version: number | undefined;
  #listedMs = Number.NEGATIVE_INFINITY;
  #renewing: Promise<string[]> | undefined;

  constructor(files: Files, owner: string) {
    this.#files = files;
    this.#owner = owner;
  }

  get(keyName: string): CachedName | undefined {
    return this.#bitmaps.get(keyName);
  }

  get size(): number {
    return this.#bitmaps.size;
  }

  goneMs(keyName: string): number {
    return Math.max(this.#goneMs.get(keyName) ?? 0, this.#goneMs.get(ALL) ?? 0);
  }

  add(bitmap: CachedName): void {
    this.#bitmaps.set(bitmap.keyName, bitmap);
  }

  drop({ keyName, stamp }: CachedName): void {
    if (this.#bitmaps.get(keyName)?.stamp === stamp) this.#bitmaps.delete(keyName);
  }

  /** From now on nothing is believed of a key, or `ALL`, that was begun to be read until some moment. */
  forget(keyName: string, untilMs: number): void {
    this.#goneMs.set(keyName, Math.max(this.#goneMs.get(keyName) ?? 0, untilMs));
    if (keyName === ALL) this.#bitmaps.clear();
    else this.#bitmaps.delete(keyName);
  }

  /**
   * Lists the folder if it may have changed, once a second at most. Returns the names of files that nobody wants any
   * more; `undefined` if nothing was listed.
   */
  async renew(): Promise<string[] | undefined> {
    const nowMs = Date.now();
    if (this.#renewing === undefined && Math.abs(nowMs - this.#listedMs) < LOOK_MS) return undefined;
    const version = this.#files.version();
    const isSame = version !== undefined && version === this.#version && this.#listedMs - version > TICK_MS;
    if (isSame && this.#renewing === undefined) return undefined;
    this.#renewing ??= this.#list(version, nowMs).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #list(version: number | undefined, nowMs: number): Promise<string[]> {
    const names = await this.#files.list();
    const end = `.${this.#owner}.`;
    const own = names.flatMap((name) => (name.includes(end) ? (parseName(name) ?? []) : []));
    const unwanted: CachedName[] = [];
    for (const name of own) {
      if (name.kind !== 'gone' || name.owner !== this.#owner) continue;
      const known = this.#goneMs.get(name.keyName) ?? 0;
      if (name.atMs < known) unwanted.push(name);
      else this.#goneMs.set(name.keyName, name.atMs);
    }
    const bitmaps = new Map<string, CachedName>();
    for (const name of own) {
      if (name.kind !== 'bitmap' || name.owner !== this.#owner) continue;
      const other = bitmaps.get(name.keyName);
      if (name.atMs <= this.goneMs(name.keyName)) unwanted.push(name);
      else if (other === undefined) bitmaps.set(name.keyName, name);
      else {
        // Processes that fetched it at the same time: the same one for all who come.
        const [first, second] = isAfter(name, other) ? [name, other] : [other, name];
        bitmaps.set(name.keyName, first);
        unwanted.push(second);
      }
    }
    this.#bitmaps = bitmaps;
    this.#version = version;
    this.#listedMs = nowMs;
    return unwanted.map(formatName);
  }
}

function isAfter(a: CachedName, b: CachedName): boolean {
  return a.atMs === b.atMs ? a.stamp > b.stamp : a.atMs > b.atMs;
}
