import type { RowGroup } from './footer.js';
import { type Page, readPages } from './pages.js';
import { timeReader, type Value } from './plain.js';
import type { Column } from './schema.js';
import type { Source } from './source.js';

/** One column of a group, row by row: columns have pages of their own, so that several are read side by side. */
export class ColumnCursor {
  readonly #pages: AsyncGenerator<Page, void>;
  #page: Page | undefined;
  /** The next row, within its page. */
  #row = 0;
  readonly #timeOf: ((ms: number) => Value) | undefined;

  /** @param windowBytes how much is read at once (default 1 MiB) */
  constructor(source: Source, group: RowGroup, column: Column, windowBytes?: number) {
    this.#pages = readPages(source, group, column, windowBytes);
    const { meaning } = column;
    this.#timeOf = meaning?.kind === 'time' ? timeReader(meaning.isInstant) : undefined;
  }

  /**
   * How many rows can be looked at without waiting; 0 at the end.
   * @throws FormatError if the column is broken
   */
  async fill(): Promise<number> {
    while (this.#page === undefined || this.#row === this.#page.rows) {
      const { value, done } = await this.#pages.next();
      if (done) return 0;
      this.#page = value;
      this.#row = 0;
    }
    return this.#page.rows - this.#row;
  }

  /** The value of a row, counted from the next one; `undefined` if it has none. */
  at(offset: number): Value | undefined {
    const { positions, values } = this.#page!;
    const row = this.#row + offset;
    const position = positions === undefined ? row : positions[row]!;
    if (position < 0) return undefined;
    const value = values[position];
    return this.#timeOf === undefined ? value : this.#timeOf(value as number);
  }

  skip(rows: number): void {
    this.#row += rows;
  }
}
