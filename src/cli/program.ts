import { readFileSync } from 'node:fs';
import { Command, type Option } from 'commander';
import { printable } from '../index.js';
import { cohort, type Field, type Measure, measures } from '../measures.js';
import { reportFailure, say, sayRest } from './failure.js';
import { argumentsOf, optionsOf } from './fields.js';
import { COHORT_EXAMPLES, EXAMPLES, EXPRESSION_HELP, SOURCE_HELP } from './help.js';
import {
  ALLOW_HTTP,
  BY,
  FORGETTING,
  MARKING,
  NOW,
  OUTPUT,
  option,
  PEOPLE,
  PLAIN_ENDINGS,
  parsePort,
  parseSize,
  required,
  SEGMENT,
  SOURCE,
  TABLE_ENDINGS,
  TABLE_FORMATS,
  THREADS,
  withFormat,
  withOptions,
} from './options.js';
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
  const command = (usage: string, description: string, options: readonly Option[] = []): Command =>
    withOptions(program.command(usage).description(description), options);
  const question = (usage: string, description: string, options: readonly Option[] = []): Command =>
    command(usage, description, [...options, ...without(SOURCE, options)]).addHelpText(
      'after',
      `\n${SOURCE_HELP}`,
    );

  // Commands load what they need when they run, so that help and short answers come at once.
  command('import <file>', 'mark the events of a file in Redis', [
    required('--to <redis-url>', 'where to mark them'),
    option(
      '--max-key-bytes <number>',
      'how long a key may become by large ids (default: 67108864, which are ids below 2^29)',
      parseSize,
    ),
    option('--no-scripts', 'send a command per mark, also if scripts would save some'),
    ...MARKING,
  ]).action(async (path, options) => (await import('./import.js')).importFile(path, options));
  const events = question('events <source>', 'print the names of all events, sorted', [
    OUTPUT,
    option('--prefix <text>', 'only names that begin with this text'),
    option('-0, --null', 'end names with a byte 0, not a line break'),
  ]).action(async (source, options) => (await questions()).printEvents(source, options));
  withFormat(events);
  const count = question('count <source> <expression>', 'print how many ids an expression holds', [
    SEGMENT,
    THREADS,
  ]).action(async (source, text, options) => (await questions()).printCount(source, text, options));
  withFormat(count);
  const ids = question('ids <source> <expression>', 'print the ids of an expression, one a line', [
    SEGMENT,
    THREADS,
    OUTPUT,
  ]).action(async (source, text, options) => (await questions()).printIds(source, text, options));
  withFormat(ids, { ...PLAIN_ENDINGS, '.csv': 'text' });
  const people = question(
    'people <source> <expression>',
    'print who is in an expression, and what else they are',
    [...PEOPLE, SEGMENT, THREADS, OUTPUT],
  ).action(async (source, text, options) => (await import('./people.js')).printPeople(source, text, options));
  withFormat(people, { ...PLAIN_ENDINGS, '.csv': 'csv' }, ['text', 'csv', 'json', 'rows']);
  const has = question('has <source> <expression>', 'print whether an id belongs to an expression', [SEGMENT])
    .argument('<id>', 'an integer from 0 to 4294967295, or a text with --people')
    .action(async (source, text, id, options) => (await questions()).printHas(source, text, id, options));
  withFormat(has);
  const table = ({ name, help, fields }: MeasureHelp, formats = TABLE_FORMATS): Command => {
    const usage = `${name} <source>${argumentsOf(fields)}`;
    const made = question(usage, `print ${help}`, [...optionsOf(fields), BY, SEGMENT, THREADS, OUTPUT]);
    return withFormat(made, TABLE_ENDINGS, formats);
  };
  table(cohort, [...TABLE_FORMATS, 'dates-data'])
    .option('--counts', 'the same as --as counts: numbers of people instead of percentages')
    .option('--compat', "rows, dates and gaps to the letter as Python's bitmapist has them")
    .addHelpText('after', `\n${COHORT_EXAMPLES}`)
    .action(async (source, options) => (await import('./cohort.js')).printCohort(source, options));
  // Of these, nothing but their fields is known here.
  for (const measure of measures.filter(({ name }) => name !== cohort.name)) {
    table(measure).action(async (source, ...given) => {
      const options = { ...given.at(-2), ...positionalOf(measure.fields, given) };
      await (await import('./measure.js')).printMeasure(measure, source, options);
    });
  }
  const ask = question(
    'ask <source> <questions>',
    'print the tables of questions in a JSON file, or - for standard input',
    [SEGMENT, THREADS, OUTPUT],
  ).action(async (source, path, options) => (await import('./ask.js')).askQuestions(source, path, options));
  withFormat(ask, TABLE_ENDINGS, TABLE_FORMATS);
  const inspect = question('inspect <source>', 'print what a source holds of each event', [
    OUTPUT,
    option('--prefix <text>', 'only events whose names begin with this text'),
  ]).action(async (source, options) => (await import('./inspect.js')).inspectSource(source, options));
  withFormat(inspect);
  question('export <source>', 'copy the bitmaps of a source', [
    required(
      '--to <target>',
      'an .rdb, .rdb.gz, .parquet or .rowbinary file, a new folder or a redis:// or clickhouse:// URL',
    ),
    option(
      '--rows <what>',
      'rows of Parquet: who did what in which period (the default), who did what when, or a Roaring bitmap for each key',
    ).choices(['periods', 'marks', 'bitmaps']),
    option('--replace', 'replace keys that the Redis has already'),
    option(
      '--skip-broken',
      'leave out, and tell, what cannot be copied: keys that the target cannot have, broken rows of a file',
    ),
  ]).action(async (source, options) => (await import('./export.js')).exportSource(source, options));
  const forget = command(
    'forget <source> <id...>',
    'take people out of all events, flags and stored results of a Redis, a dump or a folder',
    FORGETTING,
  ).action(async (source, ids, options) => (await import('./forget.js')).forgetPeople(source, ids, options));
  withFormat(forget);
  command('explore <source>', 'show a source in the browser, on a page that this machine serves', [
    option('--port <number>', 'where to serve it (default: any port that is free)', parsePort),
    NOW,
    ...MARKING,
    ALLOW_HTTP,
  ])
    .addHelpText('after', `\n${SOURCE_HELP}`)
    .action(async (source, options) => (await import('./explore.js')).explore(source, options));
  command('demo', 'make up a year of an app with 200,000 users and look at it', [NOW]).action(
    async (options) => (await import('./demo.js')).runDemo(options),
  );
  command('help [command]', 'print this help, or that of a command').action((name?: string) =>
    printHelp(program, name),
  );
  return program;
}

/** Options of sources, but for those that a command has itself, with another meaning. */
function without(options: readonly Option[], own: readonly Option[]): Option[] {
  return options.filter(({ long }) => !own.some((each) => each.long === long));
}

/** What stands after the source, by the names of the fields that it is for. */
function positionalOf(fields: readonly Field[], given: readonly unknown[]): Record<string, unknown> {
  const names = fields.filter(({ positional }) => positional).map(({ name }) => name);
  return Object.fromEntries(names.map((name, index) => [name, given[index]]));
}

type MeasureHelp = Pick<Measure<never>, 'name' | 'help' | 'fields'>;

function questions(): Promise<typeof import('./questions.js')> {
  return import('./questions.js');
}

async function printHelp(program: Command, name: string | undefined): Promise<void> {
  const command = name === undefined ? program : program.commands.find((known) => known.name() === name);
  if (command !== undefined) command.help();
  // Says that there is none, and the one that may be meant.
  await program.parseAsync([name!], { from: 'user' });
}

/** What Commander says, which quotes what the user wrote, puts its suggestion on a line of its own, and takes two sentences. */
function sentenceIn(text: string): string {
  const sentence = text.replace(/^error: /, '').replace(/\n$/, '');
  return printable(sentence.replace(/\n(?=\(Did you mean .*\)$)/, ' ').replace(INVALID, expectedOf));
}

const INVALID =
  /^(?:option '(?:-\w, )?(?<flag>--[\w-]+) .*?' argument '(?<given>.*)' is invalid|command-argument value '(?<value>.*)' is invalid for argument '(?<argument>\w+)')\. (?:Expected|Allowed choices are) (?<expected>.*)\.$/s;

function expectedOf(...match: unknown[]): string {
  const { flag, given, value, argument, expected } = match.at(-1) as Record<string, string | undefined>;
  const choice = expected!.replace(/^(\S+(?:, \S+)*), (\S+)$/, '$1 or $2');
  return `expected ${flag ?? argument} to be ${choice}, got ${JSON.stringify(given ?? value)}`;
}

function version(): string {
  const path = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
