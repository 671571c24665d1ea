import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bitmapist } from '../src/index.js';
import { RedisStore } from '../src/redis.js';
import { makeFolder } from './support/cli/command.js';
import { blocksOf, recipesOf, runRecipe } from './support/cli/recipes.js';
import { FOLDERS } from './support/layers.js';
import { type RedisServer, startRedis } from './support/servers/redis.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = new URL('../docs/', import.meta.url);
const PAGES = readdirSync(FOLDER).filter((name) => name.endsWith('.md'));
const run = promisify(execFile);

function readPage(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8');
}

/** The files of this repository that a page links to, and the titles in them. */
function linksOf(name: string): { readonly file: URL; readonly anchor: string | undefined }[] {
  const page = new URL(name, FOLDER);
  return Array.from(readPage(name).matchAll(/\]\((?!https?:)([^)]+)\)/g), ([, target]) => {
    const [path = '', anchor] = target!.split('#');
    return { file: path === '' ? page : new URL(path, page), anchor };
  });
}

describe('the docs', () => {
  let server: RedisServer;
  let client: Redis;

  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.url);
  });

  afterAll(async () => {
    client?.disconnect();
    await server?.stop();
  });

  it.each(PAGES)('print what their code prints: %s', async (name) => {
    const blocks = Array.from(readPage(name).matchAll(/^```js\n(.*?)^```$/gms), ([, block]) => block!);
    for (const program of blocks.filter((block) => block.includes('// →'))) {
      await client.flushall();
      const expected = Array.from(program.matchAll(/\/\/ → (.*)$/gm), ([, value]) => `${value}\n`);
      const { FORCE_COLOR: _, ...env } = process.env;
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
        cwd: ROOT,
        env: { ...env, REDIS_URL: server.url },
        timeout: 30_000,
      });
      expect(stdout, program).toBe(expected.join(''));
    }
  });

  it('print what the commands on the measures print', { tags: 'long', timeout: 300_000 }, async () => {
    const page = readPage('measures.md');
    const folder = await makeFolder();
    try {
      await folder.write('questions.json', blocksOf(page, 'json')[0]!);
      for (const { command, output } of recipesOf(page)) {
        expect(await runRecipe(command, folder.path('.')), command).toBe(output);
      }
    } finally {
      await folder.remove();
    }
  });

  it('print what the commands on own data print', async () => {
    const page = readPage('own-data.md');
    const folder = await makeFolder();
    try {
      await folder.write('logins.jsonl', blocksOf(page, 'jsonl')[0]!);
      const recipes = recipesOf(page);
      expect(recipes.length).toBeGreaterThan(2);
      for (const { command, output } of recipes) {
        // One of them is refused.
        expect(await runRecipe(`${command} || true`, folder.path('.')), command).toBe(output);
      }
    } finally {
      await folder.remove();
    }
  });

  it.each([...PAGES, '../README.md', '../CHANGELOG.md'])('link to what there is: %s', (name) => {
    for (const { file, anchor } of linksOf(name)) {
      expect(existsSync(file), file.href).toBe(true);
      if (anchor === undefined) continue;
      const titles = readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm);
      expect(Array.from(titles, ([, title]) => title!.toLowerCase().replaceAll(' ', '-'))).toContain(anchor);
    }
  });

  it('link to what is in the package too, so that they lead somewhere there', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT });
    const [{ files }]: [{ files: { path: string }[] }] = JSON.parse(stdout);
    const packed = files.map(({ path }) => path);
    const pages = packed.filter((path) => path.endsWith('.md'));
    expect(pages).toContain('README.md');
    const linked = pages.flatMap((page) => linksOf(`../${page}`).map(({ file }) => fileURLToPath(file)));
    expect(linked.length).toBeGreaterThan(10);
    expect(linked.map((path) => relative(ROOT, path)).filter((path) => !packed.includes(path))).toEqual([]);
  });

  it('name files and folders of the source that are there', () => {
    const pages = [readPage('architecture.md'), readPage('../CONTRIBUTING.md')];
    const named = pages.flatMap((page) =>
      Array.from(page.matchAll(/`((?:src|test|assembly|bench|docs)\/[\w./-]*)`/g), ([, path]) => path!),
    );
    expect(named.length).toBeGreaterThan(50);
    // What a build makes is not in the repository.
    const made = ['src/kernel/binary.ts'];
    expect(named.filter((path) => !made.includes(path) && !existsSync(`${ROOT}${path}`))).toEqual([]);
  });

  it('list every folder of the source, in the order of their layers', () => {
    const rows = readPage('architecture.md').matchAll(/^\| `src\/([\w*.]+)\/?` +\|/gm);
    const listed = Array.from(rows, ([, folder]) => folder!.replace('*.ts', '.'));
    expect(listed).toEqual(FOLDERS);
  });

  it('say where the package comes from, so that its site can follow links', () => {
    const { repository, homepage, bugs, author } = JSON.parse(readPage('../package.json'));
    const page = /^git\+(https:.*)\.git$/.exec(repository.url)?.[1];
    expect([homepage, bugs]).toEqual([`${page}#readme`, `${page}/issues`]);
    expect(readPage('../LICENSE')).toContain(author);
  });

  it('name a counterpart for everything that the reference offers', () => {
    const page = readPage('coming-from-python.md');
    expect(REFERENCE.filter((name) => !new RegExp(`\\| .*\\b${name}\\b.*\\|`).test(page))).toEqual([]);
  });

  it('cover every entry point of the package', () => {
    const read = (path: string) => JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8'));
    const exports: Record<string, { default: string }> = read('../package.json').exports;
    const modules = Object.values(exports).flatMap(({ default: path }) => path ?? []);
    expect(read('../typedoc.json').entryPoints).toEqual(
      modules.map((path) => path.replace('./dist/', 'src/').replace(/js$/, 'ts')).sort(),
    );
  });

  it('name users who may do what they are for, and no more', async () => {
    const [reports, service] = Array.from(
      readPage('redis.md').matchAll(/^ACL SETUSER (.*)$/gm),
      ([, rules]) => rules!.split(' '),
    );
    const open = async ([name, ...rules]: string[]) => {
      await client.acl('SETUSER', name!, ...rules);
      const password = rules.find((rule) => rule.startsWith('>'))!.slice(1);
      const options = { username: name!, password, enableReadyCheck: false };
      return new Redis(server.url, options);
    };
    const [reader, writer] = [await open(reports!), await open(service!)];
    try {
      const marking = new Bitmapist({ store: new RedisStore(writer), clock: () => new Date('2026-11-22') });
      await marking.markEvent('active', [1, 2, 3]);
      await marking.markUnique(
        'many',
        Uint32Array.from({ length: 20_000 }, (_, id) => id * 2),
      );
      await marking.markUnique('huge', [0, 2 ** 28]);
      await marking.markEvent('gone', 1);
      await marking.day('gone').delete();
      const both = marking.day('active').and(marking.unique('many'));
      await both.storeResult();
      expect(await marking.store.expiries!(['trackist_many_u'])).toEqual([undefined]);
      expect(await marking.deleteTemporaryBitopKeys()).toBe(1);
      await marking.markUnique('many', 40_001);
      expect((await marking.forget(40_001)).keys).toBe(1);

      const reading = new Bitmapist({ store: new RedisStore(reader), clock: () => new Date('2026-11-22') });
      expect(await reading.eventNames()).toEqual(['active', 'gone', 'huge', 'many']);
      expect(await reading.unique('many').count()).toBe(20_000);
      expect([...(await reading.unique('huge').or(reading.day('active')).ids())]).toEqual([
        0,
        1,
        2,
        3,
        2 ** 28,
      ]);
      const asked = reading.day('active').and(reading.unique('many'));
      expect(await asked.count({ consistent: true })).toBe(1);
      await expect(reading.markUnique('pro', 1)).rejects.toThrow('NOPERM');
      await expect(reading.deleteAllEvents()).rejects.toThrow('NOPERM');
    } finally {
      reader.disconnect();
      writer.disconnect();
    }
  });
});

/** What Python's bitmapist and bitmapist4 export, operators and helpers aside. */
const REFERENCE = [
  'SYSTEMS TRACK_HOURLY TRACK_UNIQUE setup_redis get_redis',
  'mark_event unmark_event mark_unique unmark_unique use_pipeline',
  'get_event_names delete_all_events delete_temporary_bitop_keys delete_runtime_bitop_keys',
  'UniqueEvents GenericPeriodEvents YearEvents MonthEvents WeekEvents DayEvents HourEvents',
  'from_date delta next prev period_start period_end',
  'get_uuids get_count len has_events_marked delete hash redis_key event_name',
  'MixinIter MixinBitOperations MixinEventsMisc MixinCounts MixinContains',
  'BitOperation BitOpAnd BitOpOr BitOpXor BitOpNot',
  'render_html_form render_html_data render_csv_data get_dates_data CUSTOM_HANDLERS set_custom_handler',
  'EventsOverTime key_prefix finished_ops_expire unfinished_ops_expire event_finished prefix_key',
  'start_transaction commit_transaction rollback_transaction transaction',
  'get_cohort_table get_cohort_row CohortTable CohortRow df stylize',
].flatMap((line) => line.split(' '));
