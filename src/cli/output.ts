import { once } from 'node:events';
import { extname } from 'node:path';
import type { Writable } from 'node:stream';
import { replaceFile } from '../node.js';

export interface OutputOptions {
  /** The file to write instead of standard output. */
  readonly output?: string;
}

/** Lines for people, or a JSON object for programs. */
export type PlainFormat = 'text' | 'json';

export interface FormatOptions extends OutputOptions {
  /** Default: as the output file ends, else `text`. */
  readonly format?: PlainFormat;
}

/** Whether JSON is wanted. */
export function isJson({ format, output = '' }: FormatOptions): boolean {
  return (format ?? (extname(output).toLowerCase() === '.json' ? 'json' : 'text')) === 'json';
}

/** Writes text to standard output, or to a file that is replaced as a whole or not at all. */
export async function print(
  parts: Iterable<string> | AsyncIterable<string>,
  { output }: OutputOptions,
): Promise<void> {
  if (output !== undefined) {
    await replaceFile(output, encode(parts));
    return;
  }
  for await (const part of parts) await write(part);
}

async function* encode(parts: Iterable<string> | AsyncIterable<string>): AsyncGenerator<Uint8Array, void> {
  const encoder = new TextEncoder();
  for await (const part of parts) yield encoder.encode(part);
}

/** Writes text to standard output, no faster than it is read. */
export async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

export async function writeLine(line: string): Promise<void> {
  await write(`${line}\n`);
}

/** A number for people to read: `1,234,567`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** Ends the process quietly when what reads its output has gone, as in `bitmapist ids … | head`. */
export function exitWhenNobodyReads(stream: Writable): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}
