import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StoreError } from '../index.js';
import { replaceFile } from '../node.js';
import { reportFailure } from './failure.js';
import { columns, isDevice, jsonFor, textFor } from './terminal.js';

export interface OutputOptions {
  /** The file to write instead of standard output. */
  readonly output?: string;
}

/** Lines for people, or a JSON object for programs. */
export type PlainFormat = 'text' | 'json';

export interface FormatOptions extends OutputOptions {
  /** Default `text`. */
  readonly format?: PlainFormat;
}

/** Prints an answer in the format chosen: for people as wide as their terminal at most. */
export async function printAs(
  options: FormatOptions,
  { json, text }: { readonly json: unknown; text(width?: number): string | Uint8Array },
): Promise<void> {
  const { format, output } = options;
  if (format === 'json') return print([jsonFor(output, json)], options);
  const answer = text(output === undefined ? columns() : undefined);
  await print([typeof answer === 'string' ? textFor(output, answer) : answer], options);
}

type Parts = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** Writes to standard output, or to a file that is replaced as a whole or not at all, or to what is no file but a device. */
export async function print(parts: Parts, { output }: OutputOptions): Promise<void> {
  if (output === undefined || output === STANDARD_OUTPUT) {
    for await (const part of parts) await write(part);
  } else if (isDevice(output)) await writeTo(output, encode(parts));
  else await replaceFile(output, encode(parts));
}

/** Cannot be opened if it is a socket, as that of a child process may be. */
const STANDARD_OUTPUT = '/dev/stdout';

async function writeTo(device: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    await pipeline(Readable.from(chunks), createWriteStream(device, { flags: 'a' }));
  } catch (error) {
    if (!isGone(error)) throw explainWriting(JSON.stringify(device), error);
  }
}

async function* encode(parts: Parts): AsyncGenerator<Uint8Array, void> {
  const encoder = new TextEncoder();
  for await (const part of parts) yield typeof part === 'string' ? encoder.encode(part) : part;
}

/** Writes to standard output, no faster than it is read. */
export async function write(part: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(part)) await once(process.stdout, 'drain');
}

export async function writeLine(line: string): Promise<void> {
  await write(`${line}\n`);
}

/** A number for people to read: `1,234,567`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/**
 * Ends the process when its output cannot be written: quietly if what reads it has gone, as in `bitmapist ids … | head`,
 * with a sentence if a disk is full. If that cannot be said either, the exit code tells.
 */
export function exitWhenUnwritable(stdout: Writable, stderr: Writable): void {
  stdout.on('error', (error) => {
    process.exit(isGone(error) ? 0 : reportFailure(explainWriting('standard output', error)));
  });
  stderr.on('error', () => {});
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EPIPE';
}

/** What the command itself throws while it prints stays as it is. */
function explainWriting(output: string, cause: unknown): unknown {
  const { code, syscall } = cause as NodeJS.ErrnoException;
  if (syscall === undefined) return cause;
  return new StoreError(`expected ${output} to take what is printed, got ${code}`, { cause });
}
