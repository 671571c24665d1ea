import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** A program the tests need beside Node. */
export interface Program {
  /** Names it goes by on the PATH, or absolute paths where it is put without being on it. */
  readonly names: readonly string[];
  /** The Debian package that has it. */
  readonly debianPackage: string;
  /** How to get it elsewhere: `brew install redis`. */
  readonly homebrew: string;
}

const INSTALL_TIMEOUT_MS = 600_000;

export async function findProgram({ names }: Program): Promise<string | undefined> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = names.flatMap((name) =>
    name.startsWith('/') ? [name] : folders.map((folder) => join(folder, name)),
  );
  for (const path of paths) {
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return path;
  }
  return undefined;
}

/** Where the program is, installed by apt-get where this process is root on Debian or one of its kin. */
export async function provideProgram(program: Program): Promise<string> {
  const found = await findProgram(program);
  if (found !== undefined) return found;
  const { names, debianPackage, homebrew } = program;
  const advice = `expected one of ${names.join(', ')} on the PATH; install one (Debian, Ubuntu: "sudo apt-get install ${debianPackage}"; macOS: "${homebrew}") and run the tests again`;
  if (process.getuid?.() !== 0) throw new Error(`${advice}.`);
  const problem = await install(debianPackage);
  const installed = await findProgram(program);
  if (installed === undefined) throw new Error(`${advice}. Installing it failed: ${problem ?? 'no program'}`);
  return installed;
}

async function install(debianPackage: string): Promise<string | undefined> {
  const run = promisify(execFile);
  const options = {
    timeout: INSTALL_TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
    // A package may start its service on installation where nothing forbids it; the tests start their own servers.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  };
  try {
    await run('apt-get', ['update'], options);
    await run('apt-get', ['install', '-y', '--no-install-recommends', debianPackage], options);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
