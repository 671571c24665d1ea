import type { Browser } from 'playwright-core';
import { expect } from 'vitest';

/** What the page of `page.js` answers, and with how many workers. */
export interface PageAnswer {
  readonly isIsolated: boolean;
  /** Workers that are there after questions to a team of three threads. */
  readonly workers: number;
  /** What the browser complained about. */
  readonly complaints: readonly string[];
}

/** Messages to workers without which nothing of a question is counted there. */
const FEW_MESSAGES = 8;

interface Globals {
  readonly app: App;
  messages: number;
}

interface App {
  readonly ready: Promise<void>;
  ask(threads: number): Promise<{ counts: number[]; ids: number; sum: number }>;
  close(): Promise<void>;
}

/**
 * Opens the page, asks with a team and without, expects the same numbers, and that all workers end with the team.
 * @param hasTeam whether workers can be started, and are expected to count
 */
export async function askPage(browser: Browser, url: string, hasTeam: boolean): Promise<PageAnswer> {
  const page = await browser.newPage();
  try {
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    await page.addInitScript(countMessages);
    await page.goto(url);
    await page.waitForFunction(() => 'app' in globalThis);
    const ask = (threads: number) =>
      page.evaluate(async (given) => {
        const { app } = globalThis as unknown as Globals;
        await app.ready;
        return app.ask(given);
      }, threads);
    const alone = await ask(1);
    expect(alone.counts.length).toBe(210);
    // Each of the ids is in a day out of two.
    expect(Math.min(...alone.counts)).toBeGreaterThan(2 ** 20);
    const askTeam = async (): Promise<number> => {
      expect(await ask(3)).toEqual(alone);
      return page.evaluate(() => (globalThis as unknown as Globals).messages);
    };
    await askTeam();
    // Workers take part from the question on that finds them ready.
    if (hasTeam) await expect.poll(askTeam).toBeGreaterThan(FEW_MESSAGES);
    else await askTeam();
    const workers = page.workers().length;
    const isIsolated = await page.evaluate(async () => {
      await (globalThis as unknown as Globals).app.close();
      return globalThis.crossOriginIsolated;
    });
    await expect.poll(() => page.workers().length).toBe(0);
    expect(await ask(3)).toEqual(alone);
    return { isIsolated, workers, complaints };
  } finally {
    await page.close();
  }
}

/** Runs in the page, before its program. */
function countMessages(): void {
  const globals = globalThis as unknown as Globals;
  globals.messages = 0;
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (this: Worker, ...message: unknown[]) {
    globals.messages += 1;
    postMessage.apply(this, message as Parameters<typeof postMessage>);
  };
}
