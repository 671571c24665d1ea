import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf, makeFolder, runCommand } from '../support/cli/command.js';
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

describe('an event with a blank in its name', () => {
  it('is asked for in quotes, as is said to those who forget them', async () => {
    expect(await failureOf('count', file, 'Signed up@2026')).toEqual({
      code: 2,
      stderr:
        'bitmapist: expected "@" and a period, got " "; names with blanks go in double quotes\nSigned up@2026\n      ^\n',
    });
  });
});

describe('a file that cannot be read as it is', () => {
  const columns = 'bitmapist: columns were told by their names: ';

  it('is refused with how it was read so far, and with the option that helps', async () => {
    const units = await folder.write('units.csv', 'uid,time,event\n1,1793606400,a\n2,1793606400123,a\n');
    expect((await failureOf('events', units)).stderr).toBe(
      `${columns}user=uid,time=time\nbitmapist: ${units}, line 3: expected unix seconds as before, got "1793606400123", perhaps milliseconds since 1970; 1 row was read before it; --time-format names the unit of all; --skip-broken leaves out such rows\n`,
    );
    const texts = await folder.write('texts.csv', 'uid,time,event\nu_1,2026-11-02,a\n');
    expect((await failureOf('events', texts)).stderr).toBe(
      `${columns}user=uid,time=time\nbitmapist: ${texts}, line 2: expected a user id from 0 to 4294967295, got "u_1"; 0 rows were read before it; --people takes ids that are texts\n`,
    );
    const latin = await folder.write(
      'latin.csv',
      Buffer.from('user,timestamp,event\n1,2026-11-02,caf\xe9\n', 'latin1'),
    );
    expect((await failureOf('events', latin)).stderr).toContain('iconv -f windows-1252 -t utf-8');
    const call = {
      anonymousId: 'a',
      messageId: 'm',
      timestamp: '2026-11-02',
      userId: 'ann',
      type: 'identify',
    };
    const calls = await folder.write('calls.jsonl', JSON.stringify({ ...call, event: null }));
    expect((await failureOf('events', calls, '--people')).stderr).toContain(
      'bitmapist: this looks like an export of Segment, which --preset segment reads\n',
    );
  });
});
