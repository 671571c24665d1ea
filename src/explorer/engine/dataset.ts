import { Bitmapist, Catalog, type MemoryStore, Period } from '../../index.js';

/** The events of one database under one key prefix. */
export class Dataset {
  readonly db: number;
  readonly prefix: string;
  readonly store: MemoryStore;
  /** What its keys tell. */
  readonly catalog: Catalog;
  bitmaps = 0;
  /** What was marked of a CSV; a dump holds what it holds. */
  marks: { readonly hourly: boolean; readonly unique: boolean } | undefined;

  constructor(db: number, prefix: string, store: MemoryStore) {
    this.db = db;
    this.prefix = prefix;
    this.store = store;
    this.catalog = new Catalog(new Bitmapist({ store, prefix }));
  }

  /** Takes note of a key of the store. */
  note(key: string): void {
    this.bitmaps += 1;
    this.catalog.add(key);
  }

  /** The first and the last day of all events; `undefined` if there are only flags. */
  days(): { readonly first: Period; readonly last: Period } | undefined {
    const { first, last } = this.catalog;
    return first && last && { first: Period.of('day', first.start()), last: Period.of('day', last.end()) };
  }
}
