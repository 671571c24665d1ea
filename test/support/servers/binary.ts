/**
 * Where the programs of Redis and Valkey servers are. `BITMAPIST_SERVERS` names the ones to use, separated as in PATH: tests
 * take the first, the benchmark all of them. Without it the system's own serves, and is installed if that needs no asking.
 */

import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram, type Program, provideProgram } from '../program.js';

const VARIABLE = 'BITMAPIST_SERVERS';

const SERVER: Program = {
  names: ['redis-server', 'valkey-server'],
  debianPackage: 'redis-server',
  homebrew: 'brew install redis',
};

/** The program that tests run; `undefined` if none is named and the system has none. */
export async function findServer(): Promise<string | undefined> {
  return (await namedServers())[0] ?? (await findProgram(SERVER));
}

/** As `findServer`, but what is named is asked who it is, and what is missing is installed. */
export async function provideServer(): Promise<string> {
  const named = await namedServers();
  await Promise.all(named.map(versionOf));
  return named[0] ?? (await provideProgram(SERVER));
}

/** The system's own server and the named ones, each once. */
export async function allServers(): Promise<string[]> {
  const own = await findProgram(SERVER);
  return [...new Set([...(own === undefined ? [] : [own]), ...(await namedServers())])];
}

/** What a server calls itself: `Redis 7.0.15`. */
export async function versionOf(server: string): Promise<string> {
  const { stdout } = await promisify(execFile)(server, ['--version'], { timeout: 10_000 }).catch(() => ({
    stdout: '',
  }));
  const [, name, version] = /^(\w+) server v=(\S+)/.exec(stdout) ?? [];
  if (name === undefined) {
    throw new Error(
      `expected a Redis or Valkey server, got ${server}, which does not say its version as one`,
    );
  }
  return `${name} ${version}`;
}

/** A tool of the server's own kin: the one beside it if there is one, otherwise the system's. */
export async function findTool(name: 'cli' | 'check-rdb'): Promise<string> {
  const server = (await findServer()) ?? '';
  const beside = join(dirname(server), `${basename(server).split('-')[0]}-${name}`);
  const tool = await findProgram({ ...SERVER, names: [beside, `redis-${name}`, `valkey-${name}`] });
  if (tool === undefined) throw new Error(`expected ${beside}, or such a tool on the PATH, got neither`);
  return tool;
}

async function namedServers(): Promise<string[]> {
  const paths = (process.env[VARIABLE] ?? '').split(delimiter).filter((path) => path !== '');
  for (const path of paths) {
    const isProgram = await stat(path).then(
      (found) => found.isFile() && (found.mode & 0o111) !== 0,
      () => false,
    );
    if (!isProgram) {
      throw new Error(
        `expected ${VARIABLE} to be paths of servers' programs with ${delimiter} between them, got ${path}, which is no program`,
      );
    }
  }
  return paths;
}
