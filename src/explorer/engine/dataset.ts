import type { Catalog, MemoryStore } from '../../index.js';
import type { People } from '../../people.js';

/** The events of one database under one key prefix. */
export interface Dataset {
  readonly db: number;
  readonly prefix: string;
  readonly store: MemoryStore;
  readonly catalog: Catalog;
  /** The texts that people are known by, if they are. */
  readonly people?: People;
  /** What was marked of a file of events; a dump holds what it holds. */
  readonly marks?: { readonly hourly: boolean; readonly unique: boolean };
}
