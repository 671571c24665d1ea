/**
 * `npm run bench:scale`: what one process holds, for docs/scale.md. Made-up apps of growing size go into a dump each, which another
 * process loads and asks. Event k of an app is done by 20 % / k of its people on a day, evenly spread, which compresses worst.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { roaringByteLength } from '../src/bitmaps.js';
import { Bitmapist, MemoryStore, Period } from '../src/index.js';
import { funnel, trend } from '../src/measures.js';
import { loadStore, saveStore } from '../src/node.js';
import { makeIds } from './data.js';

interface App {
  readonly people: number;
  readonly events: number;
  readonly days: number;
}

/** What a process measured of an app. */
interface Figures {
  readonly bitmaps: number;
  readonly stringBytes: number;
  readonly portableBytes: number;
  readonly heldBytes: number;
  readonly processBytes: number;
  readonly loadMs: number;
  readonly tableMs: number;
  readonly trendMs: number;
  readonly funnelMs: number;
}

const APPS: readonly App[] = [
  { people: 100_000, events: 10, days: 365 },
  { people: 100_000, events: 100, days: 365 },
  { people: 1_000_000, events: 10, days: 365 },
  { people: 1_000_000, events: 100, days: 90 },
  { people: 10_000_000, events: 10, days: 90 },
];

const BUSIEST = 0.2;
const FIRST_DAY = Period.day(2026, 1, 1);
const ROUNDS = 5;

const [phase, path, ...numbers] = process.argv.slice(2);
const app = { people: Number(numbers[0]), events: Number(numbers[1]), days: Number(numbers[2]) };
if (phase === 'make') await makeDump(path!, app);
else if (phase === 'hold') console.log(JSON.stringify(await holdDump(path!, app)));
else await measureAll();

async function measureAll(): Promise<void> {
  console.log(`${cpus()[0]!.model}, Node ${process.version}\n`);
  console.log(
    '| People | Events | Days | Bitmaps | As strings | As Roaring | Held | Process | Dump, loaded | Table | Trends | Funnel |',
  );
  console.log(`|${' ---: |'.repeat(12)}`);
  for (const each of APPS) {
    const folder = await mkdtemp(join(tmpdir(), 'bitmapist-scale-'));
    try {
      const dump = join(folder, 'app.rdb');
      await runPhase('make', dump, each);
      const figures = JSON.parse(await runPhase('hold', dump, each)) as Figures;
      console.log(lineOf(each, figures, (await stat(dump)).size));
    } finally {
      await rm(folder, { recursive: true });
    }
  }
}

/** Each phase in a process of its own, which holds nothing else. */
async function runPhase(name: string, dump: string, { people, events, days }: App): Promise<string> {
  const args = ['--expose-gc', '--import=tsx', fileURLToPath(import.meta.url), name, dump];
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...args,
    `${people}`,
    `${events}`,
    `${days}`,
  ]);
  return stdout;
}

function lineOf({ people, events, days }: App, figures: Figures, dumpBytes: number): string {
  const cells = [
    people.toLocaleString('en'),
    events,
    days,
    figures.bitmaps.toLocaleString('en'),
    megabytes(figures.stringBytes),
    megabytes(figures.portableBytes),
    megabytes(figures.heldBytes),
    megabytes(figures.processBytes),
    `${megabytes(dumpBytes)}, ${(figures.loadMs / 1000).toFixed(1)} s`,
    `${figures.tableMs.toFixed(1)} ms`,
    `${figures.trendMs.toFixed(1)} ms`,
    `${figures.funnelMs.toFixed(1)} ms`,
  ];
  return `| ${cells.join(' | ')} |`;
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

async function holdDump(dump: string, { people, events, days }: App): Promise<Figures> {
  global.gc!();
  const before = process.memoryUsage().rss;
  const started = performance.now();
  const store = await loadStore(dump);
  const loadMs = performance.now() - started;
  global.gc!();
  const processBytes = process.memoryUsage().rss - before;
  const today = FIRST_DAY.delta(days - 1);
  const bitmapist = new Bitmapist({ store, clock: () => today.toString() });
  const startDate = today.delta(-30).toString();
  const names = Array.from({ length: Math.min(10, events) }, (_, event) => nameOf(event));
  const steps = names.slice(0, 5);
  const tableMs = await medianMs(() =>
    bitmapist.cohort({
      select1: names[0]!,
      select2: names[1]!,
      timeGroup: 'days',
      startDate,
      numResults: 31,
      numOfRows: 12,
    }),
  );
  const trendMs = await medianMs(() =>
    bitmapist.ask(trend, { events: names, unit: 'day', from: FIRST_DAY.toString(), to: today.toString() }),
  );
  const funnelMs = await medianMs(() =>
    bitmapist.ask(funnel, { steps, window: 7, startDate, numResults: 24 }),
  );
  let bitmaps = 0;
  let stringBytes = 0;
  let portableBytes = 0;
  for await (const key of store.keys('')) {
    bitmaps += 1;
    stringBytes += (await store.byteLengths([key]))[0]!;
    portableBytes += roaringByteLength(store.resident(key).containers());
  }
  if (stringBytes > (bitmaps * people) / 8 + bitmaps) throw new Error('expected no id beyond the people');
  return {
    bitmaps,
    stringBytes,
    portableBytes,
    heldBytes: store.byteSize,
    processBytes,
    loadMs,
    tableMs,
    trendMs,
    funnelMs,
  };
}

async function medianMs(ask: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const started = performance.now();
    await ask();
    times.push(performance.now() - started);
  }
  // The first round finds everything cold.
  return times.slice(1).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
}

function nameOf(event: number): string {
  return `event ${event + 1}`;
}

function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
