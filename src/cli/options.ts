import { type Command, InvalidArgumentError, Option } from 'commander';
import { Period } from '../index.js';
import { collectColumns } from './columns.js';
import { formatOfEnding } from './ending.js';
import { UsageError } from './failure.js';
import { collectFlags } from './flags.js';
import { collectSegment } from './segment.js';

/** As many as a team may have. */
const MAX_THREADS = 256;

/** Options of commands, in the groups in which commands have them. */

/**
 * One that a command cannot do without. Commander itself would ask for it before it looks for options that it does not know,
 * one of which may be this one misspelt.
 */
class RequiredOption extends Option {}

/** Adds options to a command. */
export function withOptions(command: Command, options: readonly Option[]): Command {
  for (const option of options) {
    command.addOption(option);
    if (!(option instanceof RequiredOption)) continue;
    command.hook('preAction', () => {
      if (command.getOptionValue(option.attributeName()) !== undefined) return;
      command.error(`error: required option '${option.flags}' not specified`);
    });
  }
  return command;
}

/** An option with its help, and what is made of its text. */
export function option(
  flags: string,
  help: string,
  parse?: (text: string, previous: never) => unknown,
): Option {
  const made = new Option(flags, help);
  return parse === undefined ? made : made.argParser(parse as (text: string, previous: unknown) => unknown);
}

export function required(flags: string, help: string): Option {
  return new RequiredOption(flags, `${help} (required)`);
}

export const NOW = option(
  '--now <moment>',
  'an ISO 8601 moment to take for now; the year of the demo ends with its day',
  parseMoment,
);
export const ALLOW_HTTP = option(
  '--allow-http',
  'read bitmaps over http:// from other machines too, unencrypted',
);
export const SEGMENT = option(
  '--segment <name=expression>',
  'a name to use like an event; @{period} stands for the period asked for; may be repeated',
  collectSegment,
);
export const BY = option(
  '--by <flag>',
  'a table, or a line, of each of these flags, segments or expressions; several with commas between them, or repeated',
  (text: string, previous: string[] | undefined) => [...(previous ?? []), ...splitNames(text)],
);
export const OUTPUT = option('-o, --output <file>', 'write to a file, which is replaced as a whole');

export const THREADS = option(
  '--threads <number>',
  'how many threads compute large questions, or auto for as many as there are cores, at most 8 (default: 1)',
  parseThreads,
);

/** Of commands that read files of events; help tells them after what a command is about. */
const READING: readonly Option[] = inGroup('Options of files of events:', [
  option(
    '--columns <role=column>',
    'which are user, time and event: user=user_id,time=created_at (default: as their names say)',
    collectColumns,
  ),
  option('--event <name>', 'the event of all rows, in place of a column', parseEvent),
  option('--time-format <name>', 'what times are that are numbers (default: as their size says)').choices([
    'unix',
    'ms',
    'us',
    'ns',
    'iso',
  ]),
  option('--preset <name>', 'whose export it is').choices(['segment', 'posthog', 'mixpanel', 'amplitude']),
  option('--people', 'ids are texts, such as u_8f3a; Redis and dumps know whose'),
  option('--skip-broken', 'leave out rows that are no events, and say how many'),
  option('--hourly', 'also mark hours'),
  option('--unique', 'also mark the dateless flag of every event'),
]);

/** Of commands that mark the events of a file, or speak to a server. */
export const MARKING: readonly Option[] = [
  ...READING,
  ...inGroup('Options of sources:', [
    option('--key-prefix <text>', 'what keys begin with (default: trackist_; bitmapist4 uses bitmapist_)'),
    option('--time-zone <name>', 'IANA zone in which days, weeks and months are counted (default: UTC)'),
    option(
      '--timeout <seconds>',
      'how long a silent server is waited for (default: 30; 0: for ever)',
      parseSeconds,
    ),
    option('--ca <file>', 'whose certificates a rediss:// server may have (PEM)'),
    option('--cert <file>', 'the certificate to show to a rediss:// server (PEM)'),
    option('--key <file>', 'the key of that certificate (PEM)'),
    option('--insecure', 'take any certificate of a rediss:// server'),
  ]),
];

/** Of commands that answer from a source. */
export const SOURCE: readonly Option[] = [
  NOW,
  ...MARKING,
  ...inGroup('Options of sources:', [
    option('--db <number>', 'the database of a dump (default: the one that has bitmaps)', parseSize),
    ALLOW_HTTP,
    option(
      '--cache <folder>',
      'keep what is over of a Redis or a published folder in this folder, for the next time (default: off)',
    ),
    option(
      '--check <how>',
      'with --cache: compare what is kept with the server first, by the count of ids or the digest of each bitmap (default: never)',
    ).choices(['never', 'count', 'digest']),
  ]),
];

const FORGETTING_NAMES = ['--key-prefix', '--timeout', '--ca', '--cert', '--key', '--insecure', '--db'];
/** Of the command that forgets people. */
export const FORGETTING: readonly Option[] = [
  option('--people', 'ids are texts of people, which are forgotten as well'),
  ...SOURCE.filter(({ long }) => FORGETTING_NAMES.includes(long ?? '')),
];

/** Of the command that prints people. */
export const PEOPLE: readonly Option[] = [
  option('--offset <number>', 'how many to leave out first', parseAtLeast(0)),
  option('--limit <number>', 'how many to print at most', parseAtLeast(1)),
  option('--after <id>', 'only ids greater than this one, such as the last of a page'),
  option('--from <id>', 'only ids from this one on'),
  option('--to <id>', 'only ids up to this one'),
  option('--sample <number>', 'so many drawn at random, the same each time', parseAtLeast(1)),
  option('--seed <number>', 'draws others: a number from 0 to 4294967295 (default: 0)', parseSeed),
  option('--rank <id>', 'how many ids are smaller than this one, instead of who'),
  option('--extent', 'the smallest and the largest id, instead of all'),
  option(
    '--flags <name>',
    'a column each: dateless flags, or expressions; several with commas between them, or repeated',
    collectFlags,
  ),
];

/** Endings of output files, and the formats they ask for. */
type Endings = Readonly<Record<string, string>>;

/** Answers as lines for people, or as a JSON object. */
export const PLAIN_ENDINGS: Endings = { '.json': 'json', '.txt': 'text', '.log': 'text' };

export const TABLE_FORMATS = ['text', 'html', 'svg', 'curves', 'markdown', 'csv', 'json', 'rows'];
export const TABLE_ENDINGS: Endings = {
  '.html': 'html',
  '.htm': 'html',
  '.svg': 'svg',
  '.md': 'markdown',
  '.csv': 'csv',
  ...PLAIN_ENDINGS,
};

/** Adds the option that chooses a format; without it, the ending of the output file does, if there is one. */
export function withFormat(
  command: Command,
  endings: Endings = PLAIN_ENDINGS,
  formats: readonly string[] = ['text', 'json'],
): Command {
  const isWritten = command.options.includes(OUTPUT);
  const otherwise = isWritten ? 'as -o ends, else text' : 'text';
  return command
    .addOption(option('--format <name>', `how to print it (default: ${otherwise})`).choices(formats))
    .hook('preAction', () => {
      const { format, output } = command.opts();
      command.setOptionValue('format', format ?? formatOfEnding(output, endings) ?? 'text');
    });
}

function inGroup(group: string, options: readonly Option[]): readonly Option[] {
  return options.map((each) => each.helpGroup(group));
}

/**
 * Names with commas between them, or expression texts. Commas within quotes and parentheses do not count; a name that has one
 * stands in double quotes, as in expressions.
 */
export function splitNames(text: string): string[] {
  const pieces = text.match(/(?:"(?:[^"\\]|\\.)*"|\([^)]*\)|[^,])+/g) ?? [];
  return pieces.map((piece) => {
    const quoted = /^\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(piece)?.[1];
    return quoted === undefined ? piece.trim() : quoted.replace(/\\(.)/g, '$1');
  });
}

function parseEvent(text: string): string {
  if (text === '') throw new UsageError('expected an event name after --event, got an empty string');
  return text;
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed < 2 ** 32) return seed;
  throw new InvalidArgumentError('Expected a whole number from 0 to 4294967295.');
}

function parseAtLeast(least: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,15}$/.test(text) && Number(text) >= least) return Number(text);
    throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
  };
}

/** Refuses what is no moment, also if the answer does not depend on it. */
function parseMoment(text: string): string {
  Period.of('hour', text);
  return text;
}

export function parseSize(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number.');
}

function parseSeconds(text: string): number {
  if (/^\d{1,6}(\.\d{1,3})?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected seconds, such as 30 or 0.5, or 0 to wait for ever.');
}

function parseThreads(text: string): 'auto' | number {
  if (text === 'auto') return 'auto';
  if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_THREADS) return Number(text);
  throw new InvalidArgumentError(`Expected auto or a whole number from 1 to ${MAX_THREADS}.`);
}

export function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 2 ** 16) return Number(text);
  throw new InvalidArgumentError('Expected a port from 0 to 65535.');
}
