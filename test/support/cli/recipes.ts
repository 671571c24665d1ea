/** Commands in pages of documentation, with what they print. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { MAIN } from './command.js';

const run = promisify(execFile);

/** A command, and its output as the page has it. */
export interface Recipe {
  readonly command: string;
  readonly output: string;
}

/** Code blocks of a language, in the order they stand. */
export function blocksOf(page: string, language: string): string[] {
  const blocks = page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'));
  return Array.from(blocks, ([, block]) => block!);
}

/** All commands of a page, in the order they stand. */
export function recipesOf(page: string): Recipe[] {
  const turns = blocksOf(page, 'console').flatMap((block) => block.split(/^\$ /m).slice(1));
  return turns.map((turn) => {
    const [command, ...output] = turn.split('\n');
    return { command: command!, output: output.join('\n') };
  });
}

/** What a command of a page prints, run by a shell in a folder with the files that the page tells to save. */
export async function runRecipe(command: string, folder: string): Promise<string> {
  const script = command.replace(/^npx bitmapist-wasm/, `'${process.execPath}' '${MAIN}'`);
  expect(script).not.toBe(command);
  const { FORCE_COLOR: _, ...env } = process.env;
  const { stdout } = await run('sh', ['-c', script], { cwd: folder, env });
  return stdout;
}
