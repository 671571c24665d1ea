import yoctoSpinner from 'yocto-spinner';
import { printable } from '../index.js';

/** What is being done, shown while it is done; nothing is shown where standard error is no terminal. */
export interface Progress {
  show(text: string): void;
  end(): void;
}

export function startProgress(text: string): Progress {
  if (!process.stderr.isTTY) return { show: () => {}, end: () => {} };
  const spinner = yoctoSpinner({ text: printable(text), stream: process.stderr }).start();
  return {
    show: (next) => {
      spinner.text = printable(next);
    },
    end: () => {
      spinner.stop();
    },
  };
}
