import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeRdb } from '../../src/rdb.js';
import { makeFolder, outputOf, runCommand } from '../support/cli/command.js';
import { showInTerminal } from '../support/cli/terminal.js';

/** Of every kind that a terminal acts on, that turns the direction of writing, or that nobody sees. */
const HOSTILE = 'a\u001b[2J\u0007\u007f\u009b31m\u061c\u200b\u200f\u202e\u2066\u2028\ufeff\u115f\n b';
const SHOWN =
  'a\\u001b[2J\\u0007\\u007f\\u009b31m\\u061c\\u200b\\u200f\\u202e\\u2066\\u2028\\ufeff\\u115f\\u000a b';
const ACTS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

let folder: Awaited<ReturnType<typeof makeFolder>>;
let hostile: string;
let events: string;

beforeAll(async () => {
  folder = await makeFolder();
  const keys = [`trackist_${HOSTILE}_2026-11`, 'trackist_byte\udcff_2026-11', `other ${HOSTILE}`];
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeRdb(keys.map((key) => ({ key, bytes: Uint8Array.of(0x40) })))) {
    chunks.push(chunk.slice());
  }
  hostile = await folder.write('hostile.rdb', Buffer.concat(chunks));
  events = await folder.write(
    'events.csv',
    'user,timestamp,event\n1,2026-10-30,signup\n1,2026-11-02,active\n2,2026-11-20,signup\n',
  );
});

afterAll(() => folder?.remove());

describe('names in a terminal', () => {
  it('are one line each and act on nothing', async () => {
    expect(await showInTerminal(['events', hostile])).toBe(`${SHOWN}\nbyte\\udcff\n`);
    const zero = await showInTerminal(['events', hostile, '-0']);
    expect(zero).toBe(`${SHOWN}\0byte\\udcff\0`);
    expect(await showInTerminal(['events', hostile, '-o', '/dev/tty'])).toBe(`${SHOWN}\nbyte\\udcff\n`);
  });

  it('are what they are for other programs, to the byte', async () => {
    const path = folder.path('names.txt');
    const exact = Buffer.concat([Buffer.from(`${HOSTILE}\nbyte`), Buffer.of(0xff), Buffer.from('\n')]);
    await outputOf('events', hostile, '-o', path);
    expect(await folder.read(path)).toEqual(exact);
    const zero = Buffer.concat([Buffer.from(`${HOSTILE}\0byte`), Buffer.of(0xff), Buffer.from('\0')]);
    await outputOf('events', hostile, '--null', '-o', path);
    expect(await folder.read(path)).toEqual(zero);
    expect(await outputOf('events', hostile)).toBe(`${HOSTILE}\nbyte\ufffd\n`);
    expect(await runCommand(['events', hostile, '-0', '-o', folder.path('names.json')])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'bitmapist: expected the format text for --null, got json\n',
    });
  });

  it('act on nothing in tables, in whatever format', async () => {
    expect(await showInTerminal(['inspect', hostile])).toContain(`1 other key, such as "other a\\u001b[2J`);
    const cohort = ['cohort', hostile, '--select1', HOSTILE, '--select2', HOSTILE, '--num-results', '1'];
    for (const args of [
      ['inspect', hostile],
      ...[['events'], ['inspect'], ['count', `"${HOSTILE}"@2026`], ['ids', `"${HOSTILE}"@2026`]].map(
        ([command, ...rest]) => [command!, hostile, ...rest, '--format', 'json'],
      ),
      ...['text', 'html', 'svg', 'curves', 'markdown', 'csv', 'json', 'dates-data'].map((format) => [
        ...cohort,
        '--format',
        format,
      ]),
    ]) {
      const shown = await showInTerminal(args, { columns: 1000 });
      for (const line of shown.split('\n')) expect(line).not.toMatch(ACTS);
    }
    const csv = await outputOf(...cohort, '--format', 'csv');
    expect(csv).toBe(await outputOf(...cohort, '--format', 'csv', '-o', '/dev/stdout'));
  });

  it('are still JSON there', async () => {
    const shown = async (...args: string[]): Promise<unknown> =>
      JSON.parse(await showInTerminal([...args, '--format', 'json'], { columns: 1000 }));
    const expression = `"${HOSTILE}"@2026`;
    expect(await shown('events', hostile)).toEqual({ events: [HOSTILE, 'byte\udcff'] });
    expect(await shown('count', hostile, expression)).toEqual({ expression, count: 1, notes: [] });
    expect(await shown('ids', hostile, expression)).toMatchObject({ expression, ids: [1] });
    expect(await shown('inspect', hostile)).toMatchObject({ events: [{ event: HOSTILE }, {}] });
    const select = ['--select1', HOSTILE, '--select2', HOSTILE, '--num-results', '1'];
    expect(await shown('cohort', hostile, ...select)).toMatchObject({ title: `${HOSTILE} → ${HOSTILE}` });
  });

  it('are said on standard error as they can be seen', async () => {
    for (const args of [
      ['count', HOSTILE, 'a@day'],
      ['count', events, `${HOSTILE}@day`],
      ['count', events, 'a@day', '--segment', HOSTILE],
      [HOSTILE],
      ['count', events, 'a@day', `--${HOSTILE}`],
      ['count', `redis://${HOSTILE}`, 'a@day'],
      ['has', events, 'a@day', HOSTILE],
      ['cohort', events, '--select1', HOSTILE, '--select2', 'b', '--time-zone', HOSTILE],
      ['export', events, '--to', `${HOSTILE}.gz`],
    ]) {
      const { code, stderr } = await runCommand(args, { DEBUG: '1' });
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(stderr).toMatch(/\\u202e/);
      for (const line of stderr.split('\n')) expect(line).not.toMatch(ACTS);
    }
  });

  it('are shown as they can be seen while they are read', async () => {
    await folder.write('read\u202e.csv', 'user,timestamp,event\n1,2026-10-30,signup\n');
    const shown = await showInTerminal(['count', folder.path('read\u202e.csv'), 'signup@2026'], {
      stderr: true,
    });
    expect(shown).toContain('read\\u202e.csv');
    expect(shown).not.toContain('\u202e');
  });

  it('leave the caret of an expression where it belongs', async () => {
    const { stderr } = await runCommand(['count', events, '日本@day & \u202e"e\u0301"@day & &']);
    const [, text, caret] = stderr.split('\n');
    expect(text).toBe('日本@day & \\u202e"e\u0301"@day & &');
    expect(caret!.length - 1).toBe(stringWidth('日本@day & \\u202e'));
    const broken = await runCommand(['count', events, '日本@day & "\u202e e\u0301"@day & &']);
    const [, line, end] = broken.stderr.split('\n');
    expect(line).toBe('日本@day & "\\u202e e\u0301"@day & &');
    expect(end!.length - 1).toBe(stringWidth(line!) - 1);
  });
});

describe('tables in a terminal', () => {
  const cohort = (...size: string[]): string[] => [
    ...['cohort', events, '--select1', 'signup', '--select2', 'active', '--time-group', 'months'],
    ...['--start-date', '2026-10-01', '--now', '2026-12-31', ...size],
  ];

  it('are as wide as a usual one if it does not know its width', async () => {
    const args = cohort('--num-results', '3', '--num-of-rows', '30');
    const shown = await showInTerminal(args, { columns: 0 });
    expect(shown).toBe(await showInTerminal(args, { columns: 80 }));
    expect(shown).toMatch(/^Cohort +Size +Month 0 +Month 1 +Month 2 +Month 3 +Month 4/m);
  });

  it('end with the last block that is not all still to come', async () => {
    const shown = await showInTerminal(cohort('--num-results', '3', '--num-of-rows', '20'), { columns: 40 });
    expect(shown.match(/^Cohort.*/gm)).toEqual([
      'Cohort            Size    Month 0',
      'Cohort            Size    Month 1',
      'Cohort            Size    Month 2',
    ]);
    expect(shown).toContain('blank: still to come');
    const wider = await showInTerminal(cohort('--num-results', '3', '--num-of-rows', '20'), { columns: 240 });
    expect(wider.match(/^Cohort.*/gm)).toEqual([expect.stringMatching(/ Month 19 +Month 20$/)]);
  });

  it('of what a source holds continue below, with every column once', async () => {
    const name = `${'a long name '.repeat(6)}日本語日本語`;
    const long = await folder.write(
      'long.csv',
      `user,timestamp,event\n1,2026-10-30T10:00:00Z,signup\n7,2026-10-30T10:00:00Z,${name}\n`,
    );
    const args = ['inspect', long, '--hourly', '--unique'];
    const titles = (await outputOf(...args)).split('\n')[0]!.split(/ {2,}/);
    for (const columns of [0, 24, 40, 60, 80, 100]) {
      const lines = (await showInTerminal(args, { columns })).split('\n');
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns || 80);
      const heads = lines.filter((line) => line.startsWith('Event '));
      expect(heads.flatMap((line) => line.split(/ {2,}/).slice(1))).toEqual(titles.slice(1));
      const names = heads.map((head) => {
        const at = lines.indexOf(head);
        const width = head.indexOf(head.split(/ {2,}/)[1]!);
        const label = lines.slice(at + 1, lines.indexOf('', at) - 1).map((line) => line.slice(0, width));
        return label.join('').replaceAll(' ', '');
      });
      for (const shown of names) expect(shown).toContain(name.replaceAll(' ', '').slice(0, 30));
    }
    const wide = await showInTerminal(args, { columns: 200 });
    expect(wide).toBe(await outputOf(...args));
  });
});
