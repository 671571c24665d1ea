import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from './support/cli/command.js';
import { blocksOf, recipesOf, runRecipe } from './support/cli/recipes.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const run = promisify(execFile);

describe('the README', () => {
  let folder: Awaited<ReturnType<typeof makeFolder>>;

  beforeAll(async () => {
    folder = await makeFolder();
    const [events, exported] = blocksOf(README, 'csv');
    await folder.write('events.csv', events!);
    await folder.write('export.csv', exported!);
  });

  afterAll(() => folder.remove());

  it('prints what its commands print', { timeout: 120_000 }, async () => {
    const recipes = recipesOf(README);
    expect(recipes.length).toBeGreaterThan(6);
    for (const { command, output } of recipes) {
      expect(await runRecipe(command, folder.path('.'))).toBe(output);
    }
  });

  it('shows the picture that its command makes', async () => {
    const [, command] = /`(npx bitmapist-wasm [^`]* -o retention\.svg)`/.exec(README)!;
    expect(await runRecipe(command!, folder.path('.'))).toBe('');
    const made = readFileSync(folder.path('retention.svg'), 'utf8');
    expect(made).toBe(readFileSync(new URL('../docs/retention.svg', import.meta.url), 'utf8'));
  });

  it('calls the command by a name that npx finds, also in a clone', async () => {
    // A cache of its own: npx keeps the names that a package had when it first saw it.
    const env = { ...process.env, npm_config_cache: folder.path('npm'), npm_config_offline: 'true' };
    const { stdout } = await run('npx', ['bitmapist-wasm', 'events', 'demo'], { cwd: ROOT, env });
    expect(stdout).toBe('active\npro\nsignup\n');
  });

  it('prints what its code prints', async () => {
    const programs = blocksOf(README, 'js').filter((block) => block.includes('// →'));
    expect(programs).not.toHaveLength(0);
    for (const program of programs) {
      const expected = Array.from(program.matchAll(/\/\/ → (.*)$/gm), ([, value]) => `${value}\n`);
      const { FORCE_COLOR: _, ...env } = process.env;
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
        cwd: ROOT,
        env,
      });
      expect(stdout).toBe(expected.join(''));
    }
  });
});
