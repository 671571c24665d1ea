/** The built command at a terminal, which `script` (of util-linux, or of macOS) makes for it. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { MAIN } from './command.js';

const TIMEOUT_MS = 60_000;

/** What a terminal is, and whether it is told what the command says on standard error too. */
export interface TerminalOptions {
  /** 0 if it does not know. */
  readonly columns?: number;
  readonly stderr?: boolean;
}

function startInTerminal(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { columns, stderr = true }: TerminalOptions = {},
): ChildProcessWithoutNullStreams {
  const command = [process.execPath, MAIN, ...args];
  const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const size = columns === undefined ? '' : `stty cols ${columns} rows 24; `;
  const shell = `${size}${quoted}${stderr ? '' : ' 2>&-'}`;
  const scriptArgs =
    process.platform === 'linux' ? ['-qec', shell, '/dev/null'] : ['-q', '/dev/null', ...command];
  const { FORCE_COLOR: _, DEBUG: __, CI: ___, ...inherited } = process.env;
  return spawn('script', scriptArgs, { env: { ...inherited, TERM: 'xterm', ...env }, timeout: TIMEOUT_MS });
}

/** Runs `bitmapist` in a terminal without colours, and returns what arrives there. */
export async function showInTerminal(
  args: readonly string[],
  { columns = 80, stderr = false }: TerminalOptions = {},
): Promise<string> {
  const child = startInTerminal(args, { NO_COLOR: '1' }, { columns, stderr });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  return Buffer.concat(chunks).toString().replace(/\r+\n/g, '\n');
}

export interface Terminal {
  /** What it shows has this form now; the time is bounded. */
  shows(pattern: RegExp): Promise<void>;
  /** Types text, as people do. */
  type(text: string): void;
  /** Waits for the end of the command; says its exit code and all that the terminal showed. */
  end(): Promise<{ code: number; text: string }>;
  close(): void;
}

export function openTerminal(...args: readonly string[]): Terminal {
  const child = startInTerminal(args, {});
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text = stripVTControlCharacters(text + chunk.toString());
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  return {
    shows: async (pattern) => {
      while (!pattern.test(text)) {
        const more = await Promise.race([once(child.stdout, 'data'), closed.then(() => undefined)]);
        if (more === undefined && !pattern.test(text)) throw new Error(`expected ${pattern}, got:\n${text}`);
      }
    },
    type: (typed) => child.stdin.write(typed),
    end: async () => {
      const [code] = await closed;
      return { code: code ?? -1, text };
    },
    close: () => child.kill(),
  };
}
