import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { outputOf, runCommand } from '../support/cli/command.js';
import { showInTerminal } from '../support/cli/terminal.js';

async function commandNames(): Promise<string[]> {
  const [, list] = (await outputOf('--help')).split('Commands:\n');
  return [...list!.split('\n\n')[0]!.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name!);
}

describe('help', () => {
  it('fits a terminal of 80 columns, of every command', async () => {
    const names = await commandNames();
    expect(names).toEqual(expect.arrayContaining(['import', 'has', 'cohort', 'explore', 'demo', 'help']));
    for (const args of [['--help'], ...names.map((name) => [name, '--help'])]) {
      const text = await outputOf(...args);
      for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(80);
      expect(await showInTerminal(args, { columns: 0 })).toBe(text);
    }
  });

  it('is printed of a command by its name', async () => {
    expect(await outputOf('help')).toBe(await outputOf('--help'));
    for (const name of await commandNames()) {
      expect(await outputOf('help', name)).toBe(await outputOf(name, '--help'));
    }
    expect(await runCommand(['help', 'cuont'])).toEqual({
      code: 2,
      stdout: '',
      stderr: "bitmapist: unknown command 'cuont' (Did you mean count?)\n",
    });
  });
});

describe('an option', () => {
  it.each([
    [['cohort', 'x.csv', '--selct1', 'a'], "unknown option '--selct1' (Did you mean --select1?)"],
    [['export', 'x.csv', '--two', 'a.rdb'], "unknown option '--two' (Did you mean --to?)"],
    [['import', 'x.csv', '--too', 'redis://localhost'], "unknown option '--too' (Did you mean --to?)"],
    [['cohort', 'x.csv', '--select2', 'a'], "required option '--select1 <event>' not specified"],
    [['cohort', 'x.csv', '--select1', 'a'], "required option '--select2 <event>' not specified"],
    [['export', 'x.csv'], "required option '--to <target>' not specified"],
    [['import', 'x.csv'], "required option '--to <redis-url>' not specified"],
  ])('that is misspelt is named before one that is missing: %j', async (args, sentence) => {
    expect(await runCommand(args)).toEqual({ code: 2, stdout: '', stderr: `bitmapist: ${sentence}\n` });
  });
});
