/**
 * Loading many rows into the embedded store: rows already parsed, and from text, in time per million rows. The time that the rows
 * themselves take to make up is not counted. Beside it, what a parser of the text takes that does nothing with what it finds.
 */

import { parquetRead } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import Papa from 'papaparse';
import { type EventRow, readEvents } from '../src/csv.js';
import { Bitmapist, type Mark } from '../src/index.js';
import { readJsonLines } from '../src/jsonl.js';
import { readParquet } from '../src/parquet.js';
import { seededRandom } from './data.js';
import type { Suite } from './suite.js';

const MILLION = 1_000_000;
const BATCH = 10_000;
const YEAR_SECONDS = 365 * 24 * 60 * 60;
const EVENTS = ['active', 'login', 'purchase'];

export async function benchLoading(suite: Suite): Promise<void> {
  const rows = suite.quick ? MILLION : 10 * MILLION;
  const millions = rows / MILLION;
  const name = `loading ${millions} M rows into MemoryStore, per million`;
  const parsed = (await timeOf((clock) => new Bitmapist().markEvents(parsedRows(rows, clock)))) / millions;
  const goal = { peerName: '1 M rows/s', peer: 1000, target: 1 };
  suite.record({ name: `${name}, parsed`, unit: 'ms', ours: parsed, ...goal });
  let fromCsv = 0;
  for (const [form, { bytesOf, read, parserName, parse }] of Object.entries(FORMS)) {
    const ours = (await timeOf((clock) => new Bitmapist().markEvents(read(bytesOf(rows, clock))))) / millions;
    const parser = (await timeOf((clock) => parse(bytesOf(rows, clock)))) / millions;
    const row = { name: `${name}, from ${form}`, unit: 'ms', ours } as const;
    suite.record({ ...row, peerName: 'the same, parsed', peer: parsed });
    suite.record({ ...row, peerName: `${parserName} alone`, peer: parser });
    if (form !== 'CSV') continue;
    fromCsv = ours;
    suite.record({ ...row, peerName: '0.8 M rows/s', peer: 1250, target: 1 });
  }
  const file = parquetOf(rows);
  const ours = (await timeOf(() => new Bitmapist().markEvents(readParquet(file)))) / millions;
  const parser = (await timeOf(() => parquetRead({ file, onComplete: () => {} }))) / millions;
  const row = { name: `${name}, from Parquet`, unit: 'ms', ours } as const;
  suite.record({ ...row, peerName: 'the same, from CSV', peer: fromCsv, target: 1 });
  suite.record({ ...row, peerName: 'hyparquet alone', peer: parser });
}

/** The same rows as columns, packed with Snappy as most writers do, in groups of a million. */
function parquetOf(rows: number): ArrayBuffer {
  const batches = [...makeBatches(rows, { away: 0 }, (batch) => batch)].flat();
  return parquetWriteBuffer({
    columnData: [
      { name: 'user', data: Int32Array.from(batches, ({ id }) => id) },
      { name: 'timestamp', data: batches.map(({ seconds }) => new Date(seconds * 1000)), type: 'TIMESTAMP' },
      { name: 'event', data: batches.map(({ event }) => event), type: 'STRING' },
    ],
    rowGroupSize: MILLION,
  });
}

/** Text that rows come as. */
interface Form {
  readonly bytesOf: (rows: number, clock: Clock) => AsyncGenerator<Uint8Array>;
  readonly read: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<readonly EventRow[]>;
  readonly parserName: string;
  readonly parse: (bytes: AsyncIterable<Uint8Array>) => Promise<void>;
}

const FORMS: Record<string, Form> = {
  CSV: {
    bytesOf: (rows, clock) =>
      textOf(rows, clock, HEADER, ({ id, seconds, event }) => `${id},${seconds},${event}\n`),
    read: readEvents,
    parserName: 'Papa Parse',
    parse: parseCsv,
  },
  'CSV with ISO 8601': {
    bytesOf: (rows, clock) =>
      textOf(rows, clock, HEADER, ({ id, seconds, event }) => `${id},${isoOf(seconds)},${event}\n`),
    read: readEvents,
    parserName: 'Papa Parse',
    parse: parseCsv,
  },
  'JSON Lines': {
    bytesOf: (rows, clock) =>
      textOf(
        rows,
        clock,
        '',
        ({ id, seconds, event }) => `{"user":${id},"time":${seconds},"event":"${event}"}\n`,
      ),
    read: readJsonLines,
    parserName: 'JSON.parse',
    parse: parseLines,
  },
};

async function parseCsv(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const parser = new Papa.Parser({ delimiter: ',', newline: '\n' });
  await forText(bytes, (text) => parser.parse(text, 0, false));
}

async function parseLines(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  await forText(bytes, (text) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
}

/** Chunks end where lines do. */
async function forText(bytes: AsyncIterable<Uint8Array>, use: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of bytes) use(decoder.decode(chunk));
}

/** Milliseconds that are not ours. */
interface Clock {
  away: number;
}

async function timeOf(run: (clock: Clock) => Promise<unknown>): Promise<number> {
  const clock = { away: 0 };
  const start = performance.now();
  await run(clock);
  return performance.now() - start - clock.away;
}

interface MadeRow {
  readonly id: number;
  readonly seconds: number;
  readonly event: string;
}

/** Rows in the order of time, ids skewed towards the small, in the form that `toBatch` gives them. */
function* makeBatches<T>(rows: number, clock: Clock, toBatch: (batch: MadeRow[]) => T): Generator<T> {
  const random = seededRandom(1);
  for (let first = 0; first < rows; first += BATCH) {
    const start = performance.now();
    const batch = Array.from({ length: Math.min(BATCH, rows - first) }, (_, index) => ({
      id: Math.floor(random() ** 2 * MILLION),
      seconds: 1_767_225_600 + Math.floor(((first + index) / rows) * YEAR_SECONDS),
      event: EVENTS[index % EVENTS.length]!,
    }));
    const made = toBatch(batch);
    clock.away += performance.now() - start;
    yield made;
  }
}

function parsedRows(rows: number, clock: Clock): Generator<Mark[]> {
  return makeBatches(rows, clock, (batch) =>
    batch.map(({ id, seconds, event }) => ({ id, at: new Date(seconds * 1000), event })),
  );
}

const HEADER = 'user,timestamp,event\n';

async function* textOf(
  rows: number,
  clock: Clock,
  header: string,
  lineOf: (row: MadeRow) => string,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  if (header !== '') yield encoder.encode(header);
  yield* makeBatches(rows, clock, (batch) => encoder.encode(batch.map(lineOf).join('')));
}

/** With an offset, so that it names an instant. */
function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', '+00:00');
}
