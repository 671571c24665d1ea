import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Period, printable } from '../index.js';
import type { CohortFormat } from './cohort.js';
import { formatOfEnding } from './ending.js';
import { reportFailure, say, sayRest } from './failure.js';
import { COHORT_EXAMPLES, EXAMPLES, EXPRESSION_HELP, SOURCE_HELP } from './help.js';
import { collectSegment } from './segment.js';
import { columns } from './terminal.js';
import { refuseIdleTls } from './tls.js';

/** Runs a command line and returns the exit code: 0, 2 if the user is at fault, 1 if something went wrong. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    sayRest();
    return 0;
  } catch (error) {
    return reportFailure(error);
  }
}

function createProgram(): Command {
  const program = new Command('bitmapist')
    .description('User analytics over Redis bitmaps: who did what, when, and who came back.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ outputError: (text) => say(sentenceIn(text)), getOutHelpWidth: () => columns() ?? 80 })
    // Every command has options; saying so leaves less room for what it does.
    .configureHelp({
      subcommandTerm: (command) => `${command.name()} ${command.usage().replace(/^\[options\] ?/, '')}`,
    })
    .addHelpText('after', `\n${SOURCE_HELP}\n\n${EXPRESSION_HELP}\n\n${EXAMPLES}`)
    .hook('preAction', (_, command) => {
      const { to, ...options } = command.opts();
      refuseIdleTls([command.args[0], to], options);
    });
  const command = (usage: string, description: string): Command =>
    program.command(usage).description(description);

  // Commands load what they need when they run, so that help and short answers come at once.
  withMarkOptions(
    withRequired(
      command('import <file>', 'mark the events of a CSV file in Redis'),
      '--to <redis-url>',
      'where to mark them',
    ),
  )
    .option('--no-scripts', 'send a command per mark, also where scripts would save some')
    .action(async (path, options) => (await import('./import.js')).importFile(path, options));
  withFormat(
    withOutput(withSourceOptions(command('events <source>', 'print the names of all events, sorted'))),
  )
    .option('--prefix <text>', 'only names that begin with this text')
    .option('-0, --null', 'end names with a byte 0, not a line break')
    .action(async (source, options) => (await questions()).printEvents(source, options));
  withFormat(
    withSegments(
      withSourceOptions(command('count <source> <expression>', 'print how many ids an expression holds')),
    ),
  ).action(async (source, text, options) => (await questions()).printCount(source, text, options));
  withFormat(
    withOutput(
      withSegments(
        withSourceOptions(command('ids <source> <expression>', 'print the ids of an expression, one a line')),
      ),
    ),
    ['text', 'json'],
    { ...PLAIN_ENDINGS, '.csv': 'text' },
  ).action(async (source, text, options) => (await questions()).printIds(source, text, options));
  withFormat(
    withSegments(
      withSourceOptions(command('has <source> <expression>', 'print whether an id belongs to an expression')),
    ),
  )
    .argument('<id>', 'an integer from 0 to 4294967295', parseId)
    .action(async (source, text, id, options) => (await questions()).printHas(source, text, id, options));
  withCohortOptions(
    withSegments(withSourceOptions(command('cohort <source>', 'print a cohort (retention) table'))),
  ).action(async (source, options) => (await import('./cohort.js')).printCohort(source, options));
  withFormat(
    withOutput(withSourceOptions(command('inspect <source>', 'print what a source holds of each event'))),
  )
    .option('--prefix <text>', 'only events whose names begin with this text')
    .action(async (source, options) => (await import('./inspect.js')).inspectSource(source, options));
  withSourceOptions(
    withRequired(
      command('export <source>', 'copy the bitmaps of a source'),
      '--to <target>',
      'an .rdb or .rdb.gz file, a new folder or a redis:// URL',
    ),
  )
    .option('--replace', 'replace keys that the Redis has already')
    .option('--skip-broken', 'leave out keys that the target cannot have, and name them')
    .action(async (source, options) => (await import('./export.js')).exportSource(source, options));
  withNow(
    withMarkOptions(
      command('explore <source>', 'show a source in the browser, on a page that this machine serves'),
    ),
  )
    .option('--allow-http', ALLOW_HTTP_HELP)
    .option('--port <number>', 'where to serve it (default: any port that is free)', parsePort)
    .addHelpText('after', `\n${SOURCE_HELP}`)
    .action(async (source, options) => (await import('./explore.js')).explore(source, options));
  withNow(command('demo', 'make up a year of an app with 200,000 users and look at it')).action(
    async (options) => (await import('./demo.js')).runDemo(options),
  );
  command('help [command]', 'print this help, or that of a command').action((name?: string) =>
    printHelp(program, name),
  );
  return program;
}

function questions(): Promise<typeof import('./questions.js')> {
  return import('./questions.js');
}

function withSourceOptions(command: Command): Command {
  return withNow(withMarkOptions(command))
    .option('--db <number>', 'the database of a dump (default: the one that has bitmaps)', parseSize)
    .option('--allow-http', ALLOW_HTTP_HELP)
    .addHelpText('after', `\n${SOURCE_HELP}`);
}

function withMarkOptions(command: Command): Command {
  return command
    .option('--hourly', 'also mark the hours of a file')
    .option('--unique', 'also mark the dateless flag of every event of a file')
    .option('--key-prefix <text>', 'what keys begin with (default: trackist_; bitmapist4 uses bitmapist_)')
    .option('--time-zone <name>', 'IANA zone in which days, weeks and months are counted (default: UTC)')
    .option(
      '--timeout <seconds>',
      'how long a silent server is waited for (default: 30; 0: for ever)',
      parseSeconds,
    )
    .option('--ca <file>', 'whose certificates a rediss:// server may have (PEM)')
    .option('--cert <file>', 'the certificate to show to a rediss:// server (PEM)')
    .option('--key <file>', 'the key of that certificate (PEM)')
    .option('--insecure', 'take any certificate of a rediss:// server');
}

function withNow(command: Command): Command {
  return command.option(
    '--now <moment>',
    'an ISO 8601 moment to take for now; the year of the demo ends with its day',
    parseMoment,
  );
}

/**
 * Adds an option that a command cannot do without. Commander asks for such before it looks for options that it does not
 * know, one of which may be this one misspelt.
 */
function withRequired(command: Command, flags: string, description: string): Command {
  const option = new Option(flags, description);
  return command.addOption(option).hook('preAction', () => {
    if (command.getOptionValue(option.attributeName()) !== undefined) return;
    command.error(`error: required option '${flags}' not specified`);
  });
}

function withSegments(command: Command): Command {
  return command.option(
    '--segment <name=expression>',
    'a name to use like an event; @{period} stands for the period asked for; may be repeated',
    collectSegment,
  );
}

function withOutput(command: Command): Command {
  return command.option('-o, --output <file>', 'write to a file, which is replaced as a whole');
}

/** @param endings the formats that an output file may ask for by its ending */
function withFormat(
  command: Command,
  formats: readonly string[] = ['text', 'json'],
  endings: Readonly<Record<string, string>> = PLAIN_ENDINGS,
): Command {
  const isWritten = command.options.some(({ long }) => long === '--output');
  const otherwise = isWritten ? 'as -o ends, else text' : 'text';
  return command
    .addOption(new Option('--format <name>', `how to print it (default: ${otherwise})`).choices(formats))
    .hook('preAction', () => {
      const { format, output } = command.opts();
      command.setOptionValue('format', format ?? formatOfEnding(output, endings) ?? 'text');
    });
}

/** Endings of texts that people read. */
const TEXT_ENDINGS = { '.txt': 'text', '.log': 'text' };
const PLAIN_ENDINGS = { '.json': 'json', ...TEXT_ENDINGS };

function withCohortOptions(command: Command): Command {
  withRequired(
    withFormat(withOutput(command), COHORT_FORMATS, COHORT_ENDINGS),
    '--select1 <event>',
    'who belongs to a cohort: the event of its period',
  ).option('--select1b <event>', 'and this event in the same period');
  return withRequired(command, '--select2 <event>', 'who came back: the event of a later period')
    .option('--select2b <event>', 'and this event in the same period')
    .addOption(
      new Option('--time-group <unit>', 'what a row and a column stand for')
        .choices(['days', 'weeks', 'months', 'years'])
        .default('days'),
    )
    .option('--num-results <number>', 'rows (default: 31; years: 3)', parseSize)
    .option('--num-of-rows <number>', 'periods after its own that each row looks (default: 12)', parseSize)
    .option(
      '--start-date <date>',
      'where the first row begins, a date or a period such as 2026-W47 (default: so that the last is now)',
    )
    .option('--counts', 'numbers of people instead of percentages')
    .option('--compat', "rows, dates and gaps to the letter as Python's bitmapist has them")
    .addHelpText('after', `\n${COHORT_EXAMPLES}`);
}

async function printHelp(program: Command, name: string | undefined): Promise<void> {
  const command = name === undefined ? program : program.commands.find((known) => known.name() === name);
  if (command !== undefined) command.help();
  // Says that there is none, and the one that may be meant.
  await program.parseAsync([name!], { from: 'user' });
}

/** What Commander says, which quotes what the user wrote and puts its suggestion on a line of its own. */
function sentenceIn(text: string): string {
  const sentence = text.replace(/^error: /, '').replace(/\n$/, '');
  return printable(sentence.replace(/\n(?=\(Did you mean .*\)$)/, ' '));
}

const COHORT_ENDINGS = {
  '.html': 'html',
  '.htm': 'html',
  '.svg': 'svg',
  '.md': 'markdown',
  '.csv': 'csv',
  ...PLAIN_ENDINGS,
};

const COHORT_FORMATS: CohortFormat[] = [
  'text',
  'html',
  'svg',
  'curves',
  'markdown',
  'csv',
  'json',
  'dates-data',
];

function parseId(text: string): number {
  const id = Number(text);
  if (/^\d+$/.test(text) && id < 2 ** 32) return id;
  throw new InvalidArgumentError('Expected an integer from 0 to 4294967295.');
}

/** Refuses what is no moment, also where the answer does not depend on it. */
function parseMoment(text: string): string {
  Period.of('hour', text);
  return text;
}

function parseSize(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number.');
}

function parseSeconds(text: string): number {
  if (/^\d{1,6}(\.\d{1,3})?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected seconds, such as 30 or 0.5; 0 waits for ever.');
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 2 ** 16) return Number(text);
  throw new InvalidArgumentError('Expected a port from 0 to 65535.');
}

function version(): string {
  const path = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

const ALLOW_HTTP_HELP = 'read bitmaps over http:// from other machines too, unencrypted';
