import stringWidth from 'string-width';
import { describe, expect, it, vi } from 'vitest';
import { run } from '../../src/cli/program.js';
import { outputOf, runCommand } from '../support/cli/command.js';
import { showInTerminal } from '../support/cli/terminal.js';

/** What a command line prints in this process: one of its own per command takes long. */
async function helpOf(...args: string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    expect(await run(args)).toBe(0);
    return write.mock.calls.map(([text]) => text).join('');
  } finally {
    write.mockRestore();
  }
}

async function commandNames(): Promise<string[]> {
  const [, list] = (await helpOf('--help')).split('Commands:\n');
  return [...list!.split('\n\n')[0]!.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name!);
}

describe('help', () => {
  it('fits a terminal of 80 columns, of every command, and begins with what the command is about', async () => {
    const names = await commandNames();
    expect(names).toEqual(expect.arrayContaining(['import', 'has', 'cohort', 'explore', 'demo', 'help']));
    for (const args of [['--help'], ...names.map((name) => [name, '--help'])]) {
      const text = await helpOf(...args);
      for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(80);
      const options = [...text.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)].map(([, option]) => option!);
      expect({ args, options }).toEqual({ args, options: [...new Set(options)] });
      const heads = text.split('\n').filter((line) => /^\w.*:$/.test(line));
      const ordered = ['Options:', 'Options of sources:', 'Sources:'];
      expect(heads.filter((head) => ordered.includes(head))).toEqual(
        ordered.filter((head) => heads.includes(head)),
      );
    }
    expect(await helpOf('lifecycle', '--help')).toMatch(/^Options:\n {2}--event <event>.*\(required\)$/m);
  });

  it('is the same in a terminal that does not know its width', async () => {
    const shown = await showInTerminal(['cohort', '--help'], { columns: 0 });
    expect(shown).toBe(await outputOf('cohort', '--help'));
    expect(shown).toBe(await helpOf('cohort', '--help'));
  });

  it('is printed of a command by its name', async () => {
    expect(await helpOf('help')).toBe(await helpOf('--help'));
    for (const name of await commandNames()) {
      expect(await helpOf('help', name)).toBe(await helpOf(name, '--help'));
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

  it('that a command would not heed is unknown to it', async () => {
    const stderr = "bitmapist: unknown option '--by'\n";
    expect(await runCommand(['explore', 'x.csv', '--by', 'pro'])).toEqual({ code: 2, stdout: '', stderr });
  });
});
