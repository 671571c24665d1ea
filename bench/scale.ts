/**
 * `npm run bench:scale`: what one process holds, for docs/scale.md. Made-up apps of growing size go into a dump each, which another
 * process loads and asks. Event k of an app is done by 20 % / k of its people on a day, evenly spread, which compresses worst. Two of
 * them go to a ClickHouse too, if `npm ci --prefix test/foreign/clickhouse` has installed one.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { roaringByteLength } from '../src/bitmaps.js';
import { ClickHouseStore, copyToClickHouse } from '../src/clickhouse.js';
import { Bitmapist, MemoryStore, Period, type Store } from '../src/index.js';
import { funnel, trend } from '../src/measures.js';
import { loadStore, saveStore } from '../src/node.js';
import { makeIds } from './data.js';

interface App {
  readonly people: number;
  readonly events: number;
  readonly days: number;
}

/** Milliseconds of three questions. */
interface Times {
  readonly table: number;
  readonly trends: number;
  readonly funnel: number;
}

/** What a process that loaded an app measured of it. */
interface Held {
  readonly bitmaps: number;
  readonly stringBytes: number;
  readonly roaringBytes: number;
  readonly heldBytes: number;
  readonly processBytes: number;
  readonly loadMs: number;
  readonly times: Times;
}

/** What it measured of the same in ClickHouse. */
interface Stored {
  readonly copyMs: number;
  readonly diskBytes: number;
  readonly times: Times;
}

const APPS: readonly App[] = [
  { people: 100_000, events: 10, days: 365 },
  { people: 100_000, events: 100, days: 365 },
  { people: 1_000_000, events: 10, days: 365 },
  { people: 1_000_000, events: 100, days: 90 },
  { people: 10_000_000, events: 10, days: 90 },
];
const APPS_IN_CLICKHOUSE: readonly App[] = [
  { people: 1_000_000, events: 10, days: 90 },
  { people: 1_000_000, events: 100, days: 90 },
];

const BUSIEST = 0.2;
const FIRST_DAY = Period.day(2026, 1, 1);
const ROUNDS = 5;
const CHDB = new URL('../test/foreign/clickhouse/node_modules/chdb', import.meta.url);

const [phase, path, ...numbers] = process.argv.slice(2);
const app = { people: Number(numbers[0]), events: Number(numbers[1]), days: Number(numbers[2]) };
if (phase === 'make') await makeDump(path!, app);
else if (phase === 'hold') console.log(JSON.stringify(await holdDump(path!, app)));
else if (phase === 'store') console.log(JSON.stringify(await storeDump(path!, app)));
else await measureAll();

async function measureAll(): Promise<void> {
  console.log(`${cpus()[0]!.model}, Node ${process.version}\n`);
  printRow(
    'People,Events,Days,Bitmaps,As strings,As Roaring,Held,Process,Dump,Loaded in,Table,Trends,Funnel'.split(
      ',',
    ),
  );
  console.log(`|${' ---: |'.repeat(13)}`);
  for (const each of APPS) {
    await withDump(each, async (dump) => {
      const held = (await runPhase('hold', dump, each)) as Held;
      printRow([
        ...sizeOf(each),
        held.bitmaps.toLocaleString('en'),
        megabytes(held.stringBytes),
        megabytes(held.roaringBytes),
        megabytes(held.heldBytes),
        megabytes(held.processBytes),
        megabytes((await stat(dump)).size),
        `${(held.loadMs / 1000).toFixed(1)} s`,
        ...cellsOf(held.times),
      ]);
    });
  }
  if (!existsSync(CHDB)) {
    console.log('\nIn ClickHouse: not installed; npm ci --prefix test/foreign/clickhouse');
    return;
  }
  console.log();
  printRow(['People', 'Events', 'Days', 'On disk in ClickHouse', 'Copied in', 'Table', 'Trends', 'Funnel']);
  console.log(`|${' ---: |'.repeat(8)}`);
  for (const each of APPS_IN_CLICKHOUSE) {
    await withDump(each, async (dump) => {
      const stored = (await runPhase('store', dump, each)) as Stored;
      const copied = `${(stored.copyMs / 1000).toFixed(1)} s`;
      printRow([...sizeOf(each), megabytes(stored.diskBytes), copied, ...cellsOf(stored.times)]);
    });
  }
}

async function withDump(each: App, use: (dump: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bitmapist-scale-'));
  try {
    const dump = join(folder, 'app.rdb');
    await runPhase('make', dump, each);
    await use(dump);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Each phase in a process of its own, which holds nothing else. */
async function runPhase(name: string, dump: string, { people, events, days }: App): Promise<unknown> {
  const args = ['--expose-gc', '--import=tsx', fileURLToPath(import.meta.url), name, dump];
  const size = [people, events, days].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, [...args, ...size]);
  return stdout === '' ? undefined : JSON.parse(stdout);
}

async function makeDump(dump: string, { people, events, days }: App): Promise<void> {
  const store = new MemoryStore();
  const bitmapist = new Bitmapist({ store });
  for (let event = 0; event < events; event += 1) {
    for (let day = 0; day < days; day += 1) {
      const ids = makeIds(event * days + day, people, BUSIEST / (event + 1), 'uniform');
      await bitmapist.markEvent(nameOf(event), ids, { now: FIRST_DAY.delta(day).toString() });
    }
  }
  await saveStore(store, dump);
}

async function holdDump(dump: string, each: App): Promise<Held> {
  global.gc!();
  const before = process.memoryUsage().rss;
  const started = performance.now();
  const store = await loadStore(dump);
  const loadMs = performance.now() - started;
  global.gc!();
  const processBytes = process.memoryUsage().rss - before;
  const times = await timesOf(store, each);
  let bitmaps = 0;
  let stringBytes = 0;
  let roaringBytes = 0;
  for await (const key of store.keys('')) {
    bitmaps += 1;
    stringBytes += (await store.byteLengths([key]))[0]!;
    roaringBytes += roaringByteLength(store.resident(key).containers());
  }
  return { bitmaps, stringBytes, roaringBytes, heldBytes: store.byteSize, processBytes, loadMs, times };
}

async function storeDump(dump: string, each: App): Promise<Stored> {
  const { ChdbClient, openChdb } = await import('../test/foreign/clickhouse/chdb.js');
  const chdb = await openChdb();
  try {
    const client = new ChdbClient(chdb);
    const store = new ClickHouseStore(client, { table: 'default.bitmaps' });
    await store.createTable();
    const started = performance.now();
    await copyToClickHouse(await loadStore(dump), store);
    const copyMs = performance.now() - started;
    await client.command({ query: 'OPTIMIZE TABLE default.bitmaps FINAL' });
    const query = "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE table = 'bitmaps' AND active";
    const [row] = await (await client.query({ query, format: 'JSONEachRow' })).json();
    const diskBytes = Number((row as { readonly bytes: string }).bytes);
    return { copyMs, diskBytes, times: await timesOf(store, each) };
  } finally {
    await chdb.close();
  }
}

/** A retention table, trends of all days, a funnel of five steps. */
async function timesOf(store: Store, { events, days }: App): Promise<Times> {
  const today = FIRST_DAY.delta(days - 1);
  const bitmapist = new Bitmapist({ store, clock: () => today.toString() });
  const startDate = today.delta(-30).toString();
  const names = Array.from({ length: Math.min(10, events) }, (_, event) => nameOf(event));
  const [select1, select2] = [names[0]!, names[1]!];
  const days31 = { timeGroup: 'days', startDate, numResults: 31 } as const;
  const [from, to] = [FIRST_DAY.toString(), today.toString()];
  return {
    table: await medianMs(() => bitmapist.cohort({ select1, select2, ...days31, numOfRows: 12 })),
    trends: await medianMs(() => bitmapist.ask(trend, { events: names, unit: 'day', from, to })),
    funnel: await medianMs(() =>
      bitmapist.ask(funnel, { steps: names.slice(0, 5), window: 7, startDate, numResults: 24 }),
    ),
  };
}

async function medianMs(ask: () => Promise<unknown>): Promise<number> {
  // The first round finds everything cold.
  await ask();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    await ask();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
}

function nameOf(event: number): string {
  return `event ${event + 1}`;
}

function printRow(cells: readonly (string | number)[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

function sizeOf({ people, events, days }: App): (string | number)[] {
  return [people.toLocaleString('en'), events, days];
}

function cellsOf({ table, trends, funnel }: Times): string[] {
  return [table, trends, funnel].map((ms) => `${ms.toFixed(ms < 100 ? 1 : 0)} ms`);
}

function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
