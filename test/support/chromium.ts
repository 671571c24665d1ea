/** A real browser for tests: Chromium or Chrome of this machine, installed where that is possible without asking. */

import { type Browser, chromium } from 'playwright-core';
import { type Program, provideProgram } from './program.js';

const CHROMIUM: Program = {
  names: [
    'chromium',
    'chromium-browser',
    'google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  debianPackage: 'chromium',
  homebrew: 'brew install --cask google-chrome',
};

/** The browser's program. Called before all tests, so that no two files install it at once. */
export function provideChromium(): Promise<string> {
  return provideProgram(CHROMIUM);
}

/** Keeps the browser from calling anybody on its own. */
export const CHROMIUM_ARGS = [
  // As root, in a container, there is no sandbox to be had.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A headless browser; the caller closes it. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: await provideChromium(),
    args: CHROMIUM_ARGS,
  });
}
