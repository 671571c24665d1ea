import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf, makeFolder, outputOf, runCommand } from '../support/cli/command.js';

const EVENTS = `user,timestamp,event
1,2026-10-30,signup
2,2026-11-02,signup
3,2026-11-02,signup
1,2026-11-20,active
3,2026-11-20,active
3,2026-11-21,pro
`;
const RANGE = { unit: 'month', from: '2026-10', to: '2026-11' };
const SIGNUPS = { measure: 'trend', events: ['signup'], ...RANGE };
const COHORT = {
  measure: 'cohort',
  select1: 'signup',
  select2: 'back',
  timeGroup: 'months',
  startDate: '2026-10-01',
  numResults: 2,
  numOfRows: 1,
  segments: { back: 'active@{period} & signup@2026' },
};

let folder: Awaited<ReturnType<typeof makeFolder>>;
let events: string;

async function fileOf(document: unknown): Promise<string> {
  return folder.write('questions.json', typeof document === 'string' ? document : JSON.stringify(document));
}

beforeAll(async () => {
  folder = await makeFolder();
  events = await folder.write('events.csv', EVENTS);
});

afterAll(() => folder?.remove());

describe('the command ask', () => {
  it('prints the table of one question as its own command does', async () => {
    const args = [events, await fileOf(SIGNUPS), '--now', '2026-12-01'];
    const trend = [
      'trend',
      events,
      '--events',
      'signup',
      '--unit',
      'month',
      '--from',
      '2026-10',
      '--to',
      '2026-11',
    ];
    for (const format of ['text', 'json', 'csv', 'markdown', 'html', 'svg', 'rows']) {
      const alone = await outputOf(...trend, '--now', '2026-12-01', '--format', format);
      expect(await outputOf('ask', ...args, '--format', format), format).toBe(alone);
    }
  });

  it('makes a dashboard of several, with the segments that they bring along', async () => {
    const path = await fileOf([SIGNUPS, COHORT]);
    const page = folder.path('dashboard.html');
    await outputOf('ask', events, path, '--now', '2026-12-01', '-o', page);
    const html = readFileSync(page, 'utf8');
    expect(html).toMatch(
      /^<!doctype html>.*<title>Dashboard<\/title>.*>Trend: signup<.*>Retention: signup → back</s,
    );
    expect(html.match(/<table/g)).toHaveLength(2);
    const rows = JSON.parse(await outputOf('ask', events, path, '--now', '2026-12-01', '--format', 'rows'));
    expect(rows).toEqual([
      {
        measure: 'trend',
        title: 'signup',
        rows: [
          { period: '2026-10', counts: [1] },
          { period: '2026-11', counts: [2] },
        ],
      },
      {
        measure: 'cohort',
        title: 'signup → back',
        rows: [
          { period: '2026-10', size: 1, cells: [0, 1] },
          { period: '2026-11', size: 2, cells: [1, 0] },
        ],
      },
    ]);
    const text = await outputOf('ask', events, path, '--now', '2026-12-01');
    expect(text).toMatch(/^signup\n.*^signup → back\n/ms);
  });

  it('says of a name that nobody has beside the question that asks for it', async () => {
    const lost = { ...SIGNUPS, events: ['gone'], segments: { gone: 'sigup@{period}' } };
    const path = await fileOf([SIGNUPS, lost]);
    const { stdout, stderr } = await runCommand([
      'ask',
      events,
      path,
      '--format',
      'json',
      '--now',
      '2026-12-01',
    ]);
    const note = 'no event "sigup" here; did you mean "signup"?';
    expect(JSON.parse(stdout).map(({ notes }: { notes: string[] }) => notes)).toEqual([[], [note]]);
    expect(stderr).toContain(note);
  });

  it('reads its questions from standard input', async () => {
    const { stdout } = await runCommand(
      ['ask', events, '-', '--format', 'rows'],
      {},
      JSON.stringify(SIGNUPS),
    );
    expect(JSON.parse(stdout)).toHaveLength(2);
    expect(await failureOf('ask', '-', '-')).toEqual({
      code: 2,
      stderr: 'bitmapist: expected the source or the questions on standard input, got both\n',
    });
  });

  it.each([
    ['[]', 'expected a question in FILE, got none'],
    ['{', 'expected JSON in FILE, got text that is not JSON: '],
    [
      [SIGNUPS, { ...SIGNUPS, unitt: 1 }],
      'FILE, question 2: expected an argument of trend, got "unitt"; did you mean "unit"?',
    ],
    [[{ ...SIGNUPS, by: ['pro'] }], 'expected --unique, since the expression asks for pro@unique of a file'],
    [{ ...SIGNUPS, unit: 'hour' }, 'expected --hourly, since hours are asked for of a file'],
    [
      [COHORT, { ...COHORT, segments: { back: 'active@2026' } }],
      'expected one meaning of the segment "back", got two',
    ],
    [{ ...SIGNUPS, segments: { back: 'active@' } }, 'FILE: expected a period'],
  ] as [unknown, string][])('refuses %j', async (document, message) => {
    const path = await fileOf(document);
    const { code, stderr } = await failureOf('ask', events, path);
    expect(code).toBe(2);
    expect(stderr).toContain(message.replace('FILE', JSON.stringify(path)));
  });

  it('has no picture of several tables', async () => {
    const { code, stderr } = await failureOf(
      'ask',
      events,
      await fileOf([SIGNUPS, COHORT]),
      '--format',
      'svg',
    );
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('expected one table for a picture, got 2; html has them all'),
    ]);
  });

  it('says that a file cannot be read', async () => {
    const { code, stderr } = await failureOf('ask', events, folder.path('none.json'));
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/expected questions in ".*none\.json", got ENOENT/),
    ]);
  });
});

describe('the option --by', () => {
  const cohort = [
    '--select1',
    'signup',
    '--select2',
    'active',
    '--time-group',
    'months',
    '--start-date',
    '2026-10',
  ];
  const trend = ['--events', 'signup', '--unit', 'month', '--from', '2026-10', '--to', '2026-11'];

  it('prints a table of each value, or a line of each if they are lines', async () => {
    const given = ['--unique', '--num-results', '2', '--num-of-rows', '1', '--now', '2026-12-01'];
    const by = ['--by', 'pro,signup@2026-11 & ~pro@unique'];
    const rows = JSON.parse(await outputOf('cohort', events, ...cohort, ...given, ...by, '--format', 'rows'));
    expect(rows).toMatchObject([
      { by: 'pro', title: 'signup → active · pro', rows: [{ size: 0 }, { size: 1, cells: [1, 0] }] },
      { by: 'signup@2026-11 & ~pro@unique', rows: [{ size: 0 }, { size: 1, cells: [0, 0] }] },
    ]);
    const csv = await outputOf('cohort', events, ...cohort, ...given, ...by, '--format', 'csv');
    expect(csv).toMatch(
      /^signup → active · pro\r\n.*\r\n\r\nsignup → active · signup@2026-11 & ~pro@unique\r\n/s,
    );
    const lines = await outputOf(
      'trend',
      events,
      ...trend,
      '--unique',
      '--by',
      'pro',
      '--by',
      'signup',
      '--format',
      'rows',
    );
    expect(JSON.parse(lines)).toEqual([
      { period: '2026-10', counts: [0, 1] },
      { period: '2026-11', counts: [1, 2] },
    ]);
  });

  it('is refused beside the rows of the reference, which know none', async () => {
    const { code, stderr } = await failureOf(
      'cohort',
      events,
      ...cohort,
      '--by',
      'active',
      '--format',
      'dates-data',
    );
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('expected no --by beside what the reference itself'),
    ]);
  });

  it('says what a measure says of its table in a terminal too', async () => {
    const series = ['series', events, 'signup@{period}', '--time-group', 'months', '--start-date', '2026-10'];
    const { notes } = JSON.parse(await outputOf(...series, '--num-results', '2', '--format', 'json'));
    expect(notes.length).toBeGreaterThan(0);
    expect(await outputOf(...series, '--num-results', '2')).toContain(notes[0]);
  });

  it('notes a flag that nobody has', async () => {
    const { stderr } = await runCommand(['trend', events, ...trend, '--unique', '--by', 'prp']);
    expect(stderr).toContain('no event "prp" here; did you mean "pro"?');
  });
});
