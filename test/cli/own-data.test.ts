import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, runCommand } from '../support/cli/command.js';
import { type Export, FIRST_MS, makeExport } from '../support/cli/export.js';

/** An export of an app, as it is: one command each makes a table and a page of it. */

const WEEK_MS = 7 * 86_400_000;
const WEEKS = 12;
const RETENTION = [
  'retention',
  ...['--start', 'Signed up', '--return', 'Opened app', '--time-group', 'weeks'],
  ...['--num-results', String(WEEKS), '--num-of-rows', String(WEEKS - 1)],
  ...['--now', new Date(FIRST_MS + WEEKS * WEEK_MS - 1).toISOString(), '--people'],
];

let folder: Awaited<ReturnType<typeof makeFolder>>;
let file: string;
let made: Export;

beforeAll(async () => {
  folder = await makeFolder();
  made = makeExport(50_000);
  file = await folder.write('export.csv', made.csv);
});

afterAll(() => folder?.remove());

function retention(...options: string[]): ReturnType<typeof runCommand> {
  const [command, ...rest] = RETENTION;
  return runCommand([command!, file, ...rest, ...options]);
}

/** People of an event, week by week. */
function weeksOf(event: string): Set<string>[] {
  const weeks = Array.from({ length: WEEKS }, () => new Set<string>());
  for (const row of made.rows) {
    if (row.event === event) weeks[Math.floor((row.at - FIRST_MS) / WEEK_MS)]!.add(row.user);
  }
  return weeks;
}

describe('an export of an app', () => {
  it('gives the retention of its people week by week, as plain sets count it', async () => {
    const { code, stdout } = await retention('--format', 'json');
    expect(code).toBe(0);
    const { rows, notes } = JSON.parse(stdout);
    const [started, returned] = [weeksOf('Signed up'), weeksOf('Opened app')];
    const expected = started.map((people, week) => ({
      size: people.size,
      counts: returned.slice(week).map((others) => [...people].filter((user) => others.has(user)).length),
    }));
    const counted = rows.map(
      ({ size, cells }: { size: number; cells: { count: number; state: string }[] }) => ({
        size,
        counts: cells.filter(({ state }) => state !== 'future').map(({ count }) => count),
      }),
    );
    expect(counted).toEqual(expected);
    expect(notes).toEqual([
      'columns were told by their names: user=user_id,time=created_at,event=event_name',
    ]);
  });

  it('is a table in a terminal, and says beside it what was guessed and read', async () => {
    const { code, stdout, stderr } = await retention();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Signed up → Opened app\n/);
    expect(stdout).toContain('2026-W36');
    expect(stderr).toBe(
      'bitmapist: columns were told by their names: user=user_id,time=created_at,event=event_name\n' +
        'bitmapist: read 50,000 rows, 2026-08-31 to 2026-11-22\n',
    );
  });

  it('is a page', async () => {
    const page = folder.path('page.html');
    const { code, stdout } = await retention('-o', page);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>.*<title>Signed up → Opened app<\/title>/s);
  });
});
