import { SIGNATURE_WORDS } from '../signature.js';
import type { Files } from './files.js';
import { type CountedRecord, decodeCounts, encodeCounts } from './journal.js';
import { ALL, type CachedName, formatName, parseName } from './name.js';

/** From so many journals on they become one. */
const MAX_JOURNALS = 16;

/**
 * The counts of one owner: in journals, of which every process writes one of its own, so that nobody writes into what another
 * is writing. What counts belong to is in their signatures: those of bitmaps that are gone are never found.
 */
export class CountJournals {
  readonly #files: Files;
  readonly #owner: string;
  readonly #maxCounts: number;
  #own: string;
  #written = 0;

  constructor(files: Files, owner: string, maxCounts: number) {
    this.#files = files;
    this.#owner = owner;
    this.#maxCounts = maxCounts;
    this.#own = this.#newName();
  }

  /** All that is there, the oldest first. Many journals are made one, beside which `tidy` removes the others. */
  async read(): Promise<{ records: CountedRecord[]; tidy?: () => Promise<void> }> {
    const names = (await this.#names()).sort((a, b) => a.atMs - b.atMs).map(formatName);
    const records: CountedRecord[] = [];
    for (const name of names) {
      records.push(...((await this.#files.read(name, (bytes) => [...decodeCounts(bytes)])) ?? []));
    }
    if (names.length < MAX_JOURNALS) return { records };
    const tidy = async () => {
      const merged = mergeCounts(records, this.#maxCounts);
      await this.#files.write(this.#newName(), encodeCounts(merged));
      for (const name of names) await this.#files.remove(name);
    };
    return { records, tidy };
  }

  async append(record: CountedRecord): Promise<number> {
    const bytes = encodeCounts(record);
    if (this.#written >= this.#maxCounts) {
      this.#own = this.#newName();
      this.#written = 0;
    }
    this.#written += record.counts.length;
    await this.#files.append(this.#own, bytes);
    return bytes.length;
  }

  async clear(): Promise<void> {
    for (const name of await this.#names()) await this.#files.remove(formatName(name));
  }

  async #names(): Promise<CachedName[]> {
    const names = (await this.#files.list()).flatMap((name) => parseName(name) ?? []);
    return names.filter(({ kind, owner }) => kind === 'counts' && owner === this.#owner);
  }

  #newName(): string {
    const stamp = Math.floor(Math.random() * 2 ** 53);
    return formatName({
      kind: 'counts',
      keyName: ALL,
      owner: this.#owner,
      atMs: Date.now(),
      stamp,
      cardinality: 0,
    });
  }
}

/** The latest ones, each once. */
function mergeCounts(records: readonly CountedRecord[], maxCounts: number): CountedRecord {
  const seen = new Set<string>();
  const words: number[] = [];
  const counts: number[] = [];
  for (const record of [...records].reverse()) {
    for (const [index, count] of record.counts.entries()) {
      const from = index * SIGNATURE_WORDS;
      const signature = record.signatures.subarray(from, from + SIGNATURE_WORDS);
      const text = signature.join();
      if (seen.has(text) || seen.size === maxCounts) continue;
      seen.add(text);
      words.push(...signature);
      counts.push(count);
    }
  }
  return { signatures: Uint32Array.from(words), counts: Float64Array.from(counts) };
}
