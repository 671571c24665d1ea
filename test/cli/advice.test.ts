import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { measures } from '../../src/measures.js';
import { outputOf } from '../support/cli/command.js';

/** Advice names options. Whoever follows it must find them in the command that gave it. */

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

const MEASURES = measures.map(({ name }) => name);
const SOURCE_COMMANDS = ['events', 'count', 'ids', 'has', 'people', 'ask', ...MEASURES, 'inspect', 'export'];
const CONNECTING_COMMANDS = [...SOURCE_COMMANDS, 'explore', 'import'];
const EXPRESSION_COMMANDS = ['count', 'ids', 'has', 'people', 'ask', ...MEASURES];

/** Files whose messages name options, and the commands that can end in such a message. */
const GIVEN_BY: Readonly<Record<string, readonly string[]>> = {
  'cli/caching.ts': SOURCE_COMMANDS,
  'cli/marking.ts': EXPRESSION_COMMANDS,
  'cli/columns.ts': CONNECTING_COMMANDS,
  'cli/reading.ts': [...SOURCE_COMMANDS, 'import'],
  'cli/refusal.ts': [...SOURCE_COMMANDS, 'import'],
  'cli/segment.ts': EXPRESSION_COMMANDS,
  'cli/questions.ts': ['events'],
  'cli/dump.ts': ['inspect'],
  'cli/cohort.ts': ['cohort'],
  'cli/ending.ts': ['events', 'ids', 'people', 'ask', ...MEASURES, 'inspect'],
  'cli/source.ts': ['ask', ...MEASURES],
  'cli/export.ts': ['export'],
  'cli/flags.ts': ['people'],
  'cli/forget.ts': ['forget'],
  'cli/people.ts': ['people'],
  'cli/person.ts': ['people', 'has'],
  'cli/target.ts': ['export'],
  'cli/http.ts': [...SOURCE_COMMANDS, 'explore'],
  'cli/import.ts': ['import'],
  'cli/reason.ts': CONNECTING_COMMANDS,
  'cli/silence.ts': CONNECTING_COMMANDS,
  'cli/tls.ts': CONNECTING_COMMANDS,
  'store/dump.ts': SOURCE_COMMANDS,
  'store/dump-rewriting.ts': ['forget'],
};

/**
 * For callers of the library alone: the command always gives the index, a map of people and, in a header, the password;
 * refuses keys before it writes any, and ids that are texts; and forgets with scripts.
 */
const FOR_CALLERS = [
  'base/id.ts: people',
  'store/dump.ts: filter',
  'store/dump.ts: people',
  'store/http/http.ts: headers',
  'store/http/http.ts: index',
  'store/redis/erasing.ts: scripts',
];

const OPTION = /(?<![\w-])--([a-z][a-z0-9-]+)|\bthe options? ([a-zA-Z]+)/g;

const optionsOf = new Map<string, Set<string>>();

beforeAll(async () => {
  const names = [...(await outputOf('--help')).matchAll(/^ {2}([a-z]+) .*/gm)].map(([, name]) => name!);
  for (const name of new Set(names.filter((each) => !['bitmapist', 'demo'].includes(each)))) {
    // Its own, and those of its source.
    const lists = (await outputOf('help', name)).matchAll(/^Options.*:\n((?:.+\n)+)/gm);
    optionsOf.set(name, optionsIn(Array.from(lists, ([, list]) => list).join('')));
  }
  optionsOf.set('demo', new Set(['help']));
});

function optionsIn(list: string): Set<string> {
  return new Set([...list.matchAll(/^ +(?:-\w, )?--([a-z0-9-]+)/gm)].map(([, option]) => option!));
}

interface Advice {
  readonly option: string;
  /** The command that is named beside it. */
  readonly command: string | undefined;
}

/** Options that the messages of a file name, without those of its comments. */
function adviceIn(file: string): Advice[] {
  const code = readFileSync(join(SRC, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*/gm, '');
  const texts = code.match(/`[^`]*`|'[^'\n]*'/g) ?? [];
  return texts.flatMap((text) => {
    const command = /\bbitmapist ([a-z]+) /.exec(text)?.[1];
    return [...text.matchAll(OPTION)].map(([, long, named]) => ({ option: (long ?? named)!, command }));
  });
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.ts$/.test(path) && !/^(explorer|report|web)\//.test(path))
  // Texts of help and of the demo, which name commands, come below.
  .filter((path) => !/^cli\/(help|program|options|demo)\.ts$/.test(path));

describe('an option that advice names', () => {
  it('is one of the command that gives it', () => {
    let found = 0;
    for (const file of files) {
      for (const { option, command: named } of adviceIn(file)) {
        if (FOR_CALLERS.includes(`${file}: ${option}`)) continue;
        const commands = named === undefined ? GIVEN_BY[file] : [named];
        expect(commands, `commands that ${file} names ${option} to`).toBeDefined();
        for (const command of commands!) {
          expect([...optionsOf.get(command)!], `${command}, by ${file}`).toContain(option);
        }
        found++;
      }
    }
    expect(found).toBeGreaterThan(8);
  });

  it('is one of the command in every example', async () => {
    const demo = readFileSync(join(SRC, 'cli/demo.ts'), 'utf8');
    const help = [await outputOf('--help'), await outputOf('help', 'cohort')];
    const texts = [demo, ...help].join('\n').replace(/\\\n */g, '');
    const examples = [...texts.matchAll(/^ +(?:npx )?bitmapist(?:-wasm)? ([a-z]+) (.*)/gm)];
    expect(examples.length).toBeGreaterThan(12);
    for (const [example, command, rest] of examples) {
      for (const [, option] of rest!.matchAll(/(?<!\w)--([a-z0-9-]+)/g)) {
        expect([...optionsOf.get(command!)!], example).toContain(option);
      }
    }
  });

  it('is one of the command in the list of sources below its own options', async () => {
    for (const [command, options] of optionsOf) {
      const [, sources] = (await outputOf('help', command)).split('Sources:\n');
      for (const [, option] of (sources?.split('\n\n')[0] ?? '').matchAll(/--([a-z0-9-]+)/g)) {
        expect([...options], command).toContain(option);
      }
    }
  });
});
