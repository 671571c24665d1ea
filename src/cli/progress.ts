import yoctoSpinner from 'yocto-spinner';
import { printable } from '../index.js';

/** What is being done, shown while it is done; nothing is if standard error is no terminal. */
export interface Progress {
  show(text: string): void;
  end(): void;
}

type Spinner = ReturnType<typeof yoctoSpinner>;

/** Texts of all that is being done, in the order it began; the last of them is shown. */
const texts = new Map<Progress, string>();
let spinner: Spinner | undefined;

export function startProgress(text: string): Progress {
  if (!process.stderr.isTTY) return { show: () => {}, end: () => {} };
  const progress: Progress = {
    show: (next) => {
      texts.set(progress, next);
      showLast();
    },
    end: () => {
      texts.delete(progress);
      showLast();
    },
  };
  progress.show(text);
  return progress;
}

/** Shows a text, and those that `use` gives to `show`, while `use` runs. */
export async function withProgress<T>(text: string, use: (show: Progress['show']) => Promise<T>): Promise<T> {
  const progress = startProgress(text);
  try {
    return await use(progress.show);
  } finally {
    progress.end();
  }
}

function showLast(): void {
  const text = [...texts.values()].at(-1);
  if (text === undefined) {
    spinner?.stop();
    spinner = undefined;
    return;
  }
  spinner ??= yoctoSpinner({ stream: process.stderr }).start();
  spinner.text = printable(text);
}
