/** Rows of Parquet that are alike but for their ids. */

import type { Bitmap } from '../../bitmap/bitmap.js';
import { containerIds } from '../../bitmap/ids.js';
import type { WrittenColumn } from './layout.js';
import type { Single } from './order.js';
import { ParquetWriter, type WrittenValues } from './writer.js';

/** Kept in the file, for those who look. */
export type Notes = Readonly<Record<string, string>>;

/** The texts of people, in the order of their ids; `undefined` for those who have none. */
export type TextsOf = (ids: readonly number[]) => Promise<readonly (string | undefined)[]>;

/** Rows of a group, which bounds memory: some 20 bytes each. */
const GROUP_ROWS = 2 ** 18;

const ID: WrittenColumn = { name: 'id', kind: 'id' };
const PERSON: WrittenColumn = { name: 'person', kind: 'text', isOptional: true };

/** Values that are the same in many rows, group by group. */
export class Heads {
  rows = 0;
  readonly #places: Map<Single, number>[];
  readonly #indexes: Int32Array[];

  constructor(columns: number, rows: number) {
    this.#places = Array.from({ length: columns }, () => new Map());
    this.#indexes = Array.from({ length: columns }, () => new Int32Array(rows));
  }

  add(values: readonly (Single | undefined)[], rows: number): void {
    for (const [column, value] of values.entries()) {
      const place = value === undefined ? -1 : placeOf(this.#places[column]!, value);
      this.#indexes[column]!.fill(place, this.rows, this.rows + rows);
    }
    this.rows += rows;
  }

  values(): WrittenValues[] {
    return this.#indexes.map((indexes, column) => ({
      dictionary: [...this.#places[column]!.keys()],
      indexes: indexes.subarray(0, this.rows),
    }));
  }
}

function placeOf<Value>(places: Map<Value, number>, value: Value): number {
  const place = places.get(value) ?? places.size;
  if (place === places.size) places.set(value, place);
  return place;
}

/** Rows of one id each. */
export class IdRows {
  readonly #columns: readonly WrittenColumn[];
  readonly #writer: ParquetWriter;
  readonly #textsOf: TextsOf | undefined;
  readonly #ids = new Uint32Array(GROUP_ROWS);
  #heads: Heads;

  /** @param textsOf what people are known by, for a column of its own */
  constructor(columns: readonly WrittenColumn[], notes: Notes, textsOf?: TextsOf) {
    this.#columns = columns;
    this.#writer = new ParquetWriter([...columns, ID, ...(textsOf ? [PERSON] : [])], notes);
    this.#textsOf = textsOf;
    this.#heads = new Heads(columns.length, GROUP_ROWS);
  }

  begin(): Uint8Array<ArrayBuffer> {
    return this.#writer.begin();
  }

  async *add(
    head: readonly (Single | undefined)[],
    bitmap: Bitmap,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    for (const container of bitmap.containers()) {
      const ids = containerIds(container);
      for (let from = 0; from < ids.length; ) {
        const at = this.#heads.rows;
        const part = ids.subarray(from, from + GROUP_ROWS - at);
        this.#ids.set(part, at);
        this.#heads.add(head, part.length);
        from += part.length;
        if (this.#heads.rows === GROUP_ROWS) yield await this.#flush();
      }
    }
  }

  async *end(): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    if (this.#heads.rows > 0) yield await this.#flush();
    yield this.#writer.end();
  }

  async #flush(): Promise<Uint8Array<ArrayBuffer>> {
    const { rows } = this.#heads;
    const ids = this.#ids.subarray(0, rows);
    const texts = this.#textsOf && (await this.#texts(this.#textsOf, ids));
    const group = this.#writer.group(rows, [...this.#heads.values(), { ids }, ...(texts ? [texts] : [])]);
    this.#heads = new Heads(this.#columns.length, GROUP_ROWS);
    return group;
  }

  async #texts(textsOf: TextsOf, ids: Uint32Array): Promise<WrittenValues> {
    const places = new Map<number, number>();
    const indexes = Int32Array.from(ids, (id) => placeOf(places, id));
    const texts = await textsOf([...places.keys()]);
    // Numbers whose texts are unknown have none, so that the dictionary has those that are known only.
    let next = 0;
    const known = texts.map((text) => (text === undefined ? -1 : next++));
    return {
      dictionary: texts.filter((text) => text !== undefined),
      indexes: indexes.map((place) => known[place]!),
    };
  }
}
