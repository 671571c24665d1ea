import { BITMAP_COLUMNS } from '../../formats/clickhouse/rowbinary.js';
import type { Circuit } from './circuit.js';

/**
 * The text of statements. All of it is ours: names, values and the table are parameters, which the server puts in after it has read
 * the statement.
 */

/** The table, by the parameters of `ClickHouseTable`. */
export type TableText = '{table:Identifier}' | '{database:Identifier}.{table:Identifier}';

/** The keys that a statement is about, as three lists of parameters. */
const KEYS = 'arrayZip({events:Array(String)}, {units:Array(String)}, {periods:Array(String)})';

const COLUMNS = BITMAP_COLUMNS.map((column) => column.join(' ')).join(', ');

/** Makes the table unless there is one. Rows of the same key are merged by OR, whenever the server gets to it. */
export function createTable(table: TableText): string {
  return `CREATE TABLE IF NOT EXISTS ${table} (${COLUMNS}) ENGINE = AggregatingMergeTree PRIMARY KEY (event, unit, period) ORDER BY (event, unit, period, start)`;
}

/** One row for each key that has rows, its ids of all parts and shards together. */
export function merged(table: TableText): string {
  return `SELECT event, unit, period, groupBitmapMergeState(ids) AS ids FROM ${table} WHERE (event, unit, period) IN ${KEYS} GROUP BY event, unit, period`;
}

/** Which of the keys have rows, by number from 1 on, and their states. */
export function states(table: TableText): string {
  return `SELECT toUInt32(indexOf(${KEYS}, (event, unit, period))) AS number, ids FROM (${merged(table)}) FORMAT RowBinary`;
}

/** Keys in their order, some after the given one. */
export function catalog(table: TableText): string {
  return `SELECT event, unit, period FROM ${table} WHERE event >= {event:String} AND (event, unit, period) > ({event:String}, {unit:String}, {period:String}) AND (startsWith(event, {beginning:String}) OR startsWith({beginning:String}, event)) GROUP BY event, unit, period ORDER BY event, unit, period LIMIT {limit:UInt32}`;
}

/** Before which id each key ends; 0 for one that has none. */
export function ends(table: TableText): string {
  return `SELECT ends FROM (${operands(table)})`;
}

/** Whether any row of a key has an id. */
export function has(table: TableText): string {
  return `SELECT max(bitmapContains(ids, {id:UInt32})) AS found FROM ${table} WHERE event = {event:String} AND unit = {unit:String} AND period = {period:String}`;
}

export function insert(table: TableText): string {
  return `INSERT INTO ${table} (event, unit, period, start, ids) FORMAT RowBinary`;
}

export function remove(table: TableText): string {
  return `DELETE FROM ${table} WHERE (event, unit, period) IN ${KEYS}`;
}

export function countKeys(table: TableText): string {
  return `SELECT uniqExact(event, unit, period) AS keys FROM ${table} WHERE (event, unit, period) IN ${KEYS}`;
}

/** One row: the bitmaps of all keys in their order, those without rows empty, and where they end. */
function operands(table: TableText): string {
  const none =
    'SELECT event, unit, period, number, bitmapBuild(emptyArrayUInt32()) AS ids FROM (SELECT {events:Array(String)} AS event, {units:Array(String)} AS unit, {periods:Array(String)} AS period, arrayEnumerate({events:Array(String)}) AS number) ARRAY JOIN event, unit, period, number';
  const found = `SELECT event, unit, period, 0 AS number, ids FROM (${merged(table)})`;
  const ordered = `SELECT max(number) AS place, groupBitmapMergeState(ids) AS ids FROM (${found} UNION ALL ${none}) GROUP BY event, unit, period ORDER BY place`;
  return `SELECT groupArray(ids) AS bitmaps, groupArray(if(bitmapCardinality(ids) = 0, 0, bitmapMax(ids) + 1)) AS ends FROM (${ordered})`;
}

const FUNCTIONS = { and: 'bitmapAnd', or: 'bitmapOr', xor: 'bitmapXor', andNot: 'bitmapAndnot' } as const;
/** Functions within functions; more become a column of their own. */
const MAX_DEPTH = 20;
/** Queries within queries: parsers give up at about twice as many. */
const MAX_LEVELS = 45;

/**
 * Counts gates, in one row: `counts` in the order of `counted`, and `ends` of the keys. A gate that several others need is a column of
 * an inner query, so that it is worked out once: an alias would be put in again and again.
 * @param keys places of the keys, in the order of the parameters
 * @returns `undefined` if queries would be nested too deeply
 */
export function counts(
  table: TableText,
  { gates }: Circuit,
  keys: readonly number[],
  counted: readonly number[],
): string | undefined {
  const layers = new Layers(gates, keys, counted);
  if (layers.columns.length > MAX_LEVELS) return undefined;
  let from = operands(table);
  for (const [level, own] of layers.columns.entries()) {
    const columns = own.map((gate) => `${layers.expression(gate)} AS g${gate}`);
    const kept = layers.keptAt(level).map((gate) => `g${gate}`);
    from = `SELECT ${['bitmaps', 'ends', ...kept, ...columns].join(', ')} FROM (${from})`;
  }
  const numbers = counted.map((gate) => layers.cardinality(gate));
  // An empty list has no type.
  const list = numbers.length === 0 ? 'emptyArrayUInt64()' : `[${numbers.join(', ')}]`;
  return `SELECT ${list} AS counts, ends FROM (${from})`;
}

/** Which gates are columns, and at which level of queries, from the innermost on. */
class Layers {
  /** The gates that become columns at each level. */
  readonly columns: number[][] = [];
  readonly #gates: Circuit['gates'];
  /** From 1 on: where a key's bitmap is in the list of all. */
  readonly #numbers: ReadonlyMap<number, number>;
  /** Of gates that are columns. */
  readonly #levels = new Map<number, number>();
  /** The last level at which a column is needed. */
  readonly #lastUses = new Map<number, number>();

  constructor(gates: Circuit['gates'], keys: readonly number[], counted: readonly number[]) {
    this.#gates = gates;
    this.#numbers = new Map(keys.map((key, index) => [key, index + 1]));
    this.#layOut(counted);
  }

  /** What gives the bitmap of a gate, from columns below it. */
  expression(gate: number): string {
    const { op, a, b } = this.#gates[gate]!;
    if (op === 'key') return `bitmaps[${this.#numbers.get(a)}]`;
    return `${FUNCTIONS[op as keyof typeof FUNCTIONS]}(${this.#operand(a)}, ${this.#operand(b)})`;
  }

  /** What gives the number of ids of a gate; without making its bitmap, if nothing else needs that. */
  cardinality(gate: number): string {
    const { op } = this.#gates[gate]!;
    if (op === 'key' || this.#levels.has(gate)) return `bitmapCardinality(${this.#operand(gate)})`;
    return this.expression(gate).replace('(', 'Cardinality(');
  }

  /** The columns of levels before this one that are needed after it. */
  keptAt(level: number): number[] {
    return [...this.#levels].flatMap(([gate, own]) =>
      own < level && this.#lastUses.get(gate)! > level ? [gate] : [],
    );
  }

  #operand(gate: number): string {
    return this.#levels.has(gate) ? `g${gate}` : this.expression(gate);
  }

  #layOut(counted: readonly number[]): void {
    const uses = usesOf(this.#gates, counted);
    const depths = new Map<number, number>();
    /** The level that an expression of a gate can stand at. */
    const firsts = new Map<number, number>();
    for (const gate of [...uses.keys()].sort((one, other) => one - other)) {
      const { op, a, b } = this.#gates[gate]!;
      const of = op === 'key' ? [] : [a, b];
      const first = Math.max(0, ...of.map((operand) => firsts.get(operand)!));
      const depth = 1 + Math.max(0, ...of.map((operand) => depths.get(operand)!));
      const isColumn = op !== 'key' && (uses.get(gate)! > 1 || depth > MAX_DEPTH);
      firsts.set(gate, isColumn ? first + 1 : first);
      depths.set(gate, isColumn ? 0 : depth);
      if (!isColumn) continue;
      this.#levels.set(gate, first);
      this.columns[first] ??= [];
      this.columns[first].push(gate);
      this.#use(this.#columnsIn(gate), first);
    }
    for (const gate of counted) {
      this.#use(this.#levels.has(gate) ? [gate] : this.#columnsIn(gate), this.columns.length);
    }
  }

  /** Gates are not in the order of their levels. */
  #use(columns: readonly number[], level: number): void {
    for (const column of columns) {
      this.#lastUses.set(column, Math.max(level, this.#lastUses.get(column) ?? 0));
    }
  }

  /** The columns that the expression of a gate names. */
  #columnsIn(gate: number): number[] {
    const { op, a, b } = this.#gates[gate]!;
    if (op === 'key') return [];
    return [a, b].flatMap((operand) => (this.#levels.has(operand) ? [operand] : this.#columnsIn(operand)));
  }
}

/** How often each gate is needed that the counted ones are made of. */
function usesOf(gates: Circuit['gates'], counted: readonly number[]): Map<number, number> {
  const uses = new Map<number, number>();
  const pending = [...counted];
  for (let gate = pending.pop(); gate !== undefined; gate = pending.pop()) {
    const known = uses.get(gate) ?? 0;
    uses.set(gate, known + 1);
    const { op, a, b } = gates[gate]!;
    if (known === 0 && op !== 'key') pending.push(a, b);
  }
  return uses;
}
