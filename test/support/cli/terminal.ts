/** The built command at a terminal, which `script` makes for it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { MAIN } from './command.js';

const TIMEOUT_MS = 60_000;

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
  const command = [process.execPath, MAIN, ...args];
  const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const scriptArgs =
    process.platform === 'linux' ? ['-qec', quoted, '/dev/null'] : ['-q', '/dev/null', ...command];
  const { CI: _, ...env } = process.env;
  const child = spawn('script', scriptArgs, { env: { ...env, TERM: 'xterm' }, timeout: TIMEOUT_MS });
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
