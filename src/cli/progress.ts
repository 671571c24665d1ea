import yoctoSpinner from 'yocto-spinner';
import { printable } from '../index.js';

/** What is being done, shown while it is done; nothing is shown where standard error is no terminal. */
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
