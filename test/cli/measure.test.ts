import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complaintsOf, makeFolder, outputOf, runCommand } from '../support/cli/command.js';

const EVENTS = `user,timestamp,event
1,2026-10-30,signup
2,2026-11-02,signup
3,2026-11-02,signup
1,2026-11-20,active
3,2026-11-20,active
`;
const SPAN = ['--unit', 'month', '--from', '2026-10', '--to', '2026-11', '--now', '2026-12-01'];

let folder: Awaited<ReturnType<typeof makeFolder>>;
let events: string;

beforeAll(async () => {
  folder = await makeFolder();
  events = await folder.write('events.csv', EVENTS);
});

afterAll(() => folder?.remove());

describe('a measure', () => {
  it('is a command whose options are its fields', async () => {
    const help = (await outputOf('help', 'trend')).replace(/\n {31}/g, ' ');
    expect(help).toContain(
      '--events <event>             events to count, a line each; several with commas between',
    );
    expect(help).toContain(
      '--unit <unit>                what a point stands for (default: day) (choices: "hour",',
    );
    expect(help).toContain('--any                        also count those who did any of the events\n');
    const cohort = (await outputOf('help', 'cohort')).replace(/\n {31}/g, ' ');
    expect(cohort).toContain('--num-results <number>       rows (default: 31; years: 3)\n');
    expect(cohort).toContain('--as <choice> ');
  });

  it('takes words instead of a name if it knows some, and says so of a name that nobody has', async () => {
    const args = ['retention', events, '--start', 'signup', '--return', 'active', '--time-group', 'months'];
    const range = [
      '--num-results',
      '2',
      '--num-of-rows',
      '1',
      '--now',
      '2026-12-01',
      '--start-date',
      '2026-10',
    ];
    const rowsOf = (...entry: string[]) =>
      outputOf(...args, ...range, '--format', 'rows', '--unique', ...entry);
    const all = [
      { period: '2026-10', size: 1, cells: [0, 1] },
      { period: '2026-11', size: 2, cells: [1, 0] },
    ];
    expect(JSON.parse(await rowsOf())).toEqual(all);
    expect(JSON.parse(await rowsOf('--entry', 'first'))).toEqual(all);
    const active = JSON.parse(await rowsOf('--entry', 'active'));
    expect(active.map(({ size }: { size: number }) => size)).toEqual([1, 1]);
    const entryOf = (entry: string) => runCommand([...args, ...range, '--unique', '--entry', entry]);
    expect((await entryOf('every')).stderr).not.toContain('no event');
    expect((await entryOf('activ')).stderr).toContain('no event "activ" here; did you mean "active"?');
  });

  it('prints its table in every format', async () => {
    const both = ['trend', events, '--events', 'signup', '--events', 'active', '--any', ...SPAN];
    const json = JSON.parse(await outputOf(...both, '--format', 'json'));
    expect(json).toMatchObject({ measure: 'trend', layout: 'series', unit: 'people', notes: [] });
    const counts = json.rows.map(({ key, cells }: { key: string; cells: { count: number }[] }) => [
      key,
      ...cells.map(({ count }) => count),
    ]);
    expect(counts).toEqual([
      ['signup', 1, 2],
      ['active', 0, 2],
      ['any', 1, 3],
    ]);
    const text = await outputOf(...both);
    expect(text).toMatch(/^signup, active\n.*people per month/s);
    expect(text).toMatch(/^Nov 2026 +2 +2 +3$/m);
    expect(await outputOf(...both, '--format', 'csv')).toContain('2026-11,2,2,3');
    expect(await outputOf(...both, '--format', 'markdown')).toMatch(/^\| Nov 2026 /m);
    expect(await outputOf(...both, '--format', 'html')).toMatch(/^<!doctype html>.*<table/s);
    for (const format of ['svg', 'curves']) {
      expect(await outputOf(...both, '--format', format)).toMatch(/^<svg .*<path .*<\/svg>\n$/s);
    }
    expect(JSON.parse(await outputOf(...both, '--format', 'rows'))).toEqual([
      { period: '2026-10', counts: [1, 0, 1] },
      { period: '2026-11', counts: [2, 2, 3] },
    ]);
    const path = folder.path('trend.svg');
    await outputOf(...both, '-o', path);
    expect(readFileSync(path, 'utf8')).toBe(await outputOf(...both, '--format', 'svg'));
  });

  it('takes several names at once, with commas between them, and quotes for commas in them', async () => {
    const asked = ['trend', events, '--format', 'json', ...SPAN, '--events'];
    const rowsOf = async (text: string) =>
      JSON.parse((await runCommand([...asked, text])).stdout).rows.map(({ key }: { key: string }) => key);
    expect(await rowsOf('signup,active')).toEqual(['signup', 'active']);
    expect(await rowsOf('signup, "a,b"')).toEqual(['signup', 'a,b']);
  });

  it('notes names that no event has, with segments among those that are known', async () => {
    const args = ['trend', events, '--segment', 'back=active@{period} & signup@2026', ...SPAN];
    const { code, stdout, stderr } = await runCommand([...args, '--events', 'back', '--events', 'sigup']);
    expect({ code, complaints: complaintsOf(stderr) }).toEqual({
      code: 0,
      complaints: 'bitmapist: no event "sigup" here; did you mean "signup"?\n',
    });
    expect(stdout).toMatch(/^Nov 2026 +2 +0$/m);
  });

  it.each([
    [['trend', 'FILE'], "required option '--events <event>' not specified"],
    [
      ['trend', 'FILE', '--events', 'a', '--unit', 'fortnight'],
      'expected --unit to be hour, day, week, month, quarter or year, got "fortnight"',
    ],
    [
      ['trend', 'FILE', '--events', 'a', '--unit', 'hour'],
      'expected --hourly, since hours are asked for of a file',
    ],
    [
      ['cohort', 'FILE', '--select1', 'a', '--select2', 'b', '--start-date', ''],
      'expected --start-date to be a date such as 2026-11-22, or a period such as 2026-W47, got ""',
    ],
    [
      ['cohort', 'FILE', '--select1', 'a', '--select2', 'b', '--num-results', '0'],
      'expected --num-results to be a whole number from 1 to 10000, got "0"',
    ],
  ])('refuses arguments that its fields cannot have: %j', async (args, sentence) => {
    expect(await runCommand(args.map((arg) => (arg === 'FILE' ? events : arg)))).toEqual({
      code: 2,
      stdout: '',
      stderr: `bitmapist: ${sentence}\n`,
    });
  });

  it('counts in hours if those of the file are marked', async () => {
    const hours = await folder.write('hours.csv', 'user,timestamp,event\n1,2026-11-20T13:30:00Z,active\n');
    const args = ['--events', 'active', '--unit', 'hour', '--hourly', '--from', '2026-11-20T13'];
    const table = await outputOf('trend', hours, ...args, '--to', '2026-11-20T14', '--format', 'json');
    expect(JSON.parse(table).rows[0].cells.map(({ count }: { count: number }) => count)).toEqual([1, 0]);
  });
});
