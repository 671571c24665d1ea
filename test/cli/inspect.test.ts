import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeRdb, type RdbEntry } from '../../src/rdb.js';
import { MAIN, makeFolder, outputOf } from '../support/cli/command.js';

const run = promisify(execFile);
const DAY_MS = 86_400_000;

let folder: Awaited<ReturnType<typeof makeFolder>>;

beforeAll(async () => {
  folder = await makeFolder();
});

afterAll(() => folder?.remove());

async function writeDump(name: string, entries: Iterable<RdbEntry>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeRdb(entries)) chunks.push(chunk);
  return folder.write(name, Buffer.concat(chunks));
}

/** 8 KiB of scattered ids, which compress little: all of them together would be seen in the memory of the process. */
function scattered(seed: number): Uint8Array {
  const bytes = new Uint8Array(8192);
  let state = seed;
  for (let index = 0; index < bytes.length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes[index] = 1 << (state >>> 29);
  }
  return bytes;
}

function* dailyBitmaps(days: number): Generator<RdbEntry, void> {
  for (let day = 0; day < days; day++) {
    const date = new Date(Date.UTC(1990, 0, 1) + day * DAY_MS);
    const text = `${date.getUTCFullYear()}-${date.getUTCMonth() + 1}-${date.getUTCDate()}`;
    yield { key: `trackist_active_${text}`, bytes: scattered(day + 1) };
  }
}

describe('what a dump holds', () => {
  it('is told without keeping its bitmaps, however many there are', { timeout: 120_000 }, async () => {
    const days = 8000;
    const dump = await writeDump('daily.rdb', dailyBitmaps(days));
    // 62 MiB of days, none of which has a month that would speak for it.
    const { stdout } = await run(process.execPath, [
      '--max-old-space-size=64',
      '--input-type=module',
      '--eval',
      `process.argv = [process.argv[0], ${JSON.stringify(MAIN)}, 'inspect', ${JSON.stringify(dump)}, '--format', 'json'];
       process.on('exit', () => console.log(JSON.stringify(process.resourceUsage().maxRSS)));
       await import(${JSON.stringify(MAIN)});`,
    ]);
    const [json, maxRss] = stdout.trim().split('\n');
    const { events } = JSON.parse(json!);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ event: 'active', from: '1990-01-01', to: '2011-11-26' });
    expect(events[0].ids).toBeGreaterThan(60_000);
    expect(events[0].keys.day).toBe(days);
    // Half of it is the process itself; kept, the bitmaps would be 62 MiB more.
    expect(Number(maxRss) / 1024).toBeLessThan(160);
  });

  it('begins and ends with a longer period that no day speaks for', async () => {
    const keys = ['2026-11-20', '2026-11-21', '2026-11', '2025-2', 'W2026-52'];
    const dump = await writeDump(
      'lone.rdb',
      keys.map((key) => ({ key: `trackist_a_${key}`, bytes: Uint8Array.of(0x80) })),
    );
    const { events, total } = JSON.parse(await outputOf('inspect', dump, '--format', 'json'));
    expect(events[0]).toMatchObject({ from: '2025-02', to: '2026-W52', ids: 1 });
    expect(total).toMatchObject({ from: '2025-02', to: '2026-W52' });
    expect(await outputOf('inspect', dump)).toContain('a        2025-02  2026-W52');
  });

  it('is counted once, whether longer periods come before or after shorter ones', async () => {
    const month = { key: 'trackist_a_2026-11', bytes: Uint8Array.of(0xe0) };
    const day = { key: 'trackist_a_2026-11-20', bytes: Uint8Array.of(0x60) };
    const lone = { key: 'trackist_a_2026-12-1', bytes: Uint8Array.of(0x01) };
    const other = { key: 'trackist_b_u', bytes: Uint8Array.of(0x81) };
    for (const [index, entries] of [
      [month, day, lone, other],
      [other, lone, day, month],
    ].entries()) {
      const dump = await writeDump(`order${index}.rdb`, entries);
      const { events, total } = JSON.parse(await outputOf('inspect', dump, '--format', 'json'));
      expect(events.map(({ ids }: { ids: number }) => ids)).toEqual([4, 2]);
      expect(total.ids).toBe(4);
    }
  });
});
