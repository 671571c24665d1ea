/** Examples as programs: type-checked together, then run in one process, against the sources. */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Example, ROOT } from './collect.js';

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;

export interface Outcome {
  readonly printed: readonly string[];
  readonly error?: string;
}

export interface Workshop {
  /** What the compiler says of all examples: nothing if they are right. */
  check(): Promise<string>;
  /** What each prints, with these variables in its environment. */
  run(variables: Readonly<Record<string, string>>): Promise<Outcome[]>;
  remove(): Promise<void>;
}

export async function makeWorkshop(
  examples: readonly Example[],
  entries: Readonly<Record<string, string>>,
): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'bitmapist-examples-'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const paths = Object.entries(entries).map(([name, path]) => [name, [join(ROOT, path)]]);
  const compilerOptions = {
    paths: Object.fromEntries(paths),
    typeRoots: [join(ROOT, 'node_modules/@types')],
    noUnusedLocals: false,
  };
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions,
      include: ['*.ts', join(ROOT, 'src')],
    }),
  );
  const files = examples.map(({ place }, index) => `${index}-${place.replaceAll(/[^a-z0-9]+/g, '-')}.ts`);
  await Promise.all(
    examples.map(({ code }, index) => writeFile(join(folder, files[index]!), `${code}export {};\n`)),
  );
  return {
    async check() {
      const tsc = join(ROOT, 'node_modules/.bin/tsc');
      return run(tsc, ['--project', folder, '--noEmit', '--pretty', 'false'], { timeout: TIMEOUT_MS }).then(
        () => '',
        (error: { stdout?: string; message: string }) => error.stdout || error.message,
      );
    },
    async run(variables) {
      const desk = join(folder, 'desk');
      await mkdir(desk, { recursive: true });
      const { FORCE_COLOR: _, ...env } = process.env;
      const { stdout } = await run(
        process.execPath,
        [
          '--import',
          join(ROOT, 'node_modules/tsx/dist/loader.mjs'),
          join(ROOT, 'test/support/examples/main.ts'),
          ...files.map((file) => join(folder, file)),
        ],
        {
          cwd: desk,
          env: { ...env, ...variables, TSX_TSCONFIG_PATH: join(folder, 'tsconfig.json') },
          timeout: TIMEOUT_MS,
        },
      );
      return JSON.parse(stdout);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
