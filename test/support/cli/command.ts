/** The built command, run as users run it: a process of its own. */

import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 2 ** 27;

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `bitmapist` with arguments; colours are off unless the environment asks for them.
 * @param input what it reads from standard input; nothing, and no end of it, without
 */
export function runCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input?: string | Uint8Array,
): Promise<CommandResult> {
  const { FORCE_COLOR: _, DEBUG: __, ...inherited } = process.env;
  const options = { env: { ...inherited, ...env }, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, ...args], options, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
    // What a command does not want to read is no failure of the test.
    child.stdin?.on('error', () => {});
    if (input !== undefined) child.stdin?.end(input);
  });
}

/** What a command says on standard error beside the days that it read of a file of events. */
export function complaintsOf(stderr: string): string {
  return stderr.replace(/^bitmapist: read (?:0 rows|1 row|[\d,]+ rows)(?:, [\d-]{10} to [\d-]{10})?\n$/m, '');
}

/** What a command prints, if it succeeds without a complaint. */
export async function outputOf(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(args);
  expect({ code, complaints: complaintsOf(stderr) }).toEqual({ code: 0, complaints: '' });
  return stdout;
}

/** What a command that prints nothing says went wrong. */
export async function failureOf(...args: string[]): Promise<{ code: number; stderr: string }> {
  const { code, stdout, stderr } = await runCommand(args);
  expect(stdout).toBe('');
  return { code, stderr };
}

/** Runs `bitmapist`, reads the first chunk of its output and closes the pipe, as `| head -1` does. */
export function readStart(args: readonly string[]): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...args], { timeout: TIMEOUT_MS });
    let stdout = '';
    let stderr = '';
    child.stdout.once('data', (chunk: Buffer) => {
      stdout = chunk.toString();
      child.stdout.destroy();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

/** A folder for a test's files, and how to remove it. */
export async function makeFolder(): Promise<{
  write(name: string, content: string | Uint8Array): Promise<string>;
  path(name: string): string;
  read(path: string): Promise<Buffer>;
  remove(): Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'bitmapist-cli-'));
  const path = (name: string): string => join(folder, name);
  return {
    path,
    write: async (name, content) => {
      await writeFile(path(name), content);
      return path(name);
    },
    read: (file) => readFile(file),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
