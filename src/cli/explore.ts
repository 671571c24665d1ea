import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { DEFAULT_PREFIX, Period, printable } from '../index.js';
import type { KeptPeople } from '../people.js';
import { writeRdb } from '../rdb.js';
import { isRedisUrl, parseRedisUrl } from './address.js';
import { withClickHouse } from './clickhouse.js';
import { isClickHouseUrl } from './clickhouse-address.js';
import { reportFailure, UsageError } from './failure.js';
import { isHttpUrl, openHttp } from './http.js';
import { type Input, withInput, withRepeatable } from './input.js';
import { writeLine } from './output.js';
import { withRedis } from './redis.js';
import { DATA_NAME, type PageOptions, servePage } from './server.js';
import { DEMO, expectFolder, makeDemo, type SourceOptions, withSource } from './source.js';
import { onlyStrings, reportLeftOut } from './strings.js';
import { withoutPassword } from './url.js';

export interface ExploreOptions extends SourceOptions {
  readonly port?: number;
}

/**
 * Serves the explorer with a source in it until it is interrupted. The page reads the source itself: a file is handed to
 * it as it is, the made-up app as a dump that is made once, all else as a dump that is written while it is read.
 */
export async function explore(source: string, options: ExploreOptions): Promise<void> {
  await withInput(source, async (input) => {
    if (source === DEMO) await serve(await demoFeed(options), options);
    else if (input === undefined) await serve(await storeFeed(source, options), options);
    else await withRepeatable(input, (file) => serve(fileFeed(file), options));
  });
}

async function serve({ name, open }: Feed, options: ExploreOptions): Promise<void> {
  const server = await servePage({
    html: nameSource(await readPage(), name, options),
    open,
    port: options.port ?? 0,
    onFailure: reportFailure,
  }).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(
      `expected a port that is free, got ${options.port}: ${cause.code ?? cause.message}`,
      {
        cause,
      },
    );
  });
  const interrupted = untilInterrupted();
  await writeLine(`${printable(name)} is at ${server.url}${viewAsOf(options)}`);
  await writeLine('Press Ctrl-C to end.');
  await interrupted;
  await server.close();
}

interface Feed {
  readonly name: string;
  readonly open: PageOptions['open'];
}

function fileFeed({ fileName, open }: Input): Feed {
  return {
    name: fileName,
    open: async (send) => {
      const stream = await open();
      try {
        await send(stream, stream.byteLength);
      } finally {
        stream.destroy();
      }
    },
  };
}

/** The made-up app takes seconds to make and little room as a dump, so that all tabs get the same one. */
async function demoFeed(options: SourceOptions): Promise<Feed> {
  const { store, prefix } = (await makeDemo(options)).bitmapist;
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeRdb(store, { prefix })) chunks.push(chunk);
  const byteLength = chunks.reduce((sum, { length }) => sum + length, 0);
  return { name: DEMO, open: (send) => send(Readable.from(chunks), byteLength) };
}

async function storeFeed(source: string, options: SourceOptions): Promise<Feed> {
  // What cannot be opened is better known before a page is.
  if (isRedisUrl(source)) await withRedis(source, options, async () => {});
  else if (isClickHouseUrl(source)) await withClickHouse(source, options, async () => {});
  else if (isHttpUrl(source)) await openHttp(source, options);
  else await expectFolder(source);
  return {
    name: isRedisUrl(source)
      ? parseRedisUrl(source).server
      : withoutPassword(source).replace(/^(?:https?|clickhouses?):\/\//i, ''),
    open: async (send, signal) => {
      const leftOut = new Set<string>();
      await withSource(source, options, ({ store, prefix, people }) => {
        const strings = isRedisUrl(source) ? onlyStrings(store, (key) => leftOut.add(key)) : store;
        // Every map of the command can be copied.
        return send(writeRdb(strings, { prefix, people: people as KeptPeople | undefined, signal }));
      });
      reportLeftOut(leftOut);
    },
  };
}

/** The part of an address that makes the page take the day of `--now` for today. */
function viewAsOf({ now, timeZone }: SourceOptions): string {
  return now === undefined ? '' : `#/overview?asof=${Period.of('day', now, timeZone)}`;
}

async function readPage(): Promise<string> {
  const path = new URL('../explorer.html', import.meta.url);
  return readFile(path, 'utf8');
}

/** Tells the page what to load. */
function nameSource(html: string, name: string, options: SourceOptions): string {
  const { keyPrefix } = options;
  const attributes = Object.entries({
    content: DATA_NAME,
    'data-name': name,
    ...(keyPrefix === undefined || keyPrefix === DEFAULT_PREFIX ? {} : { 'data-prefix': keyPrefix }),
    'data-events': JSON.stringify(howToRead(options)),
  }).map(([attribute, value]) => `${attribute}="${escapeAttribute(value)}"`);
  return html.replace('</head>', () => `<meta name="bitmapist-source" ${attributes.join(' ')} /></head>`);
}

/** The options that say how a file of events is read, as the page takes them; what is not said stays out. */
function howToRead(options: SourceOptions): object {
  const { columns, event, timeFormat, preset, people, skipBroken, timeZone, hourly, unique } = options;
  return { columns, event, timeFormat, preset, people, skipBroken, timeZone, hourly, unique };
}

function escapeAttribute(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/** Resolves with Ctrl-C, or when the process is asked to end. */
function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    const signals = ['SIGINT', 'SIGTERM'] as const;
    const end = (): void => {
      for (const signal of signals) process.off(signal, end);
      resolve();
    };
    for (const signal of signals) process.on(signal, end);
  });
}
