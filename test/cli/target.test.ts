import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, outputOf, runCommand } from '../support/cli/command.js';
import { readColumns } from '../support/formats/parquet/columns.js';

describe('export to Parquet', () => {
  let folder: Awaited<ReturnType<typeof makeFolder>>;
  let events: string;

  beforeAll(async () => {
    folder = await makeFolder();
    events = await folder.write(
      'events.csv',
      'user,timestamp,event\n7,2026-11-22T23:30:00Z,a\n8,2026-11-23T10:00:00Z,a\n',
    );
  });

  afterAll(() => folder.remove());

  it('writes rows of periods, and of what else is asked for', async () => {
    const path = folder.path('events.parquet');
    expect(await outputOf('export', events, '--to', path)).toBe('5 keys\n');
    const { period, id } = await readColumns(await readFile(path));
    expect(period!.map((text, row) => `${text} ${id![row]}`)).toEqual([
      '2026-11-22 7',
      '2026-11-23 8',
      '2026-11 7',
      '2026-11 8',
      '2026-W47 7',
      '2026-W48 8',
    ]);
    const zone = ['--time-zone', 'Asia/Tokyo', '--hourly'];
    expect(await outputOf('export', events, '--to', path, '--rows', 'marks', ...zone)).toBe('3 keys\n');
    expect((await readColumns(await readFile(path))).timestamp).toEqual([
      new Date('2026-11-22T23:00:00Z'),
      new Date('2026-11-23T10:00:00Z'),
    ]);
  });

  it('says what it leaves out, and what rows are not for', async () => {
    const path = folder.path('flags.parquet');
    const { code, stderr } = await runCommand([
      'export',
      events,
      '--to',
      path,
      '--rows',
      'marks',
      '--unique',
    ]);
    expect(code).toBe(0);
    expect(stderr).toContain('left out "trackist_a_u", which does not say when\n');
    const dump = await runCommand(['export', events, '--to', folder.path('a.rdb'), '--rows', 'marks']);
    expect(dump.code).not.toBe(0);
    expect(dump.stderr).toContain('expected --rows with a .parquet file after --to');
  });
});
