import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCombobox } from '../../src/report.js';
import { launchChromium } from '../support/chromium.js';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser?.close());

/** A field whose suggestions end the word at the caret, and the events that it sends. */
async function openField(isContinuous: boolean): Promise<{ page: Page; heard: () => Promise<string[]> }> {
  const page = await browser.newPage();
  await page.setContent('<input id="field" type="text"><button>Next</button>');
  // As a page gets it: the function's own text, with nothing around it.
  await page.evaluate(`{
    const __name = (named) => named;
    const input = document.getElementById('field');
    globalThis.heard = [];
    for (const type of ['input', 'change']) input.addEventListener(type, () => heard.push(type + ' ' + input.value));
    (${makeCombobox})(input, (typed, caret) => {
      const [word] = /\\w*$/.exec(typed.slice(0, caret));
      return ['active', 'signup']
        .filter((name) => name.startsWith(word) && name !== word)
        .map((name) => ({ text: name, label: name, from: caret - word.length, to: caret }));
    }, ${isContinuous});
  }`);
  await page.click('#field');
  return { page, heard: () => page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard) };
}

const shown = (page: Page): Promise<string[]> =>
  page.locator('.bm-choices:not([hidden]) li').allTextContents();

describe('makeCombobox', () => {
  it('offers everything on a click, what fits while one types, and says what was chosen as typing does', async () => {
    const { page, heard } = await openField(false);
    expect(await shown(page)).toEqual(['active', 'signup']);
    await page.keyboard.type('s');
    expect(await shown(page)).toEqual(['signup']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await heard()).toEqual(['input s', 'input signup', 'change signup']);
    expect(await shown(page)).toEqual([]);
    await page.close();
  });

  it('completes at the caret and goes on from there, if typing goes on', async () => {
    const { page, heard } = await openField(true);
    await page.keyboard.type('a | x');
    for (let back = 0; back < 4; back += 1) await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.type('@day');
    expect(await page.inputValue('#field')).toBe('active@day | x');
    expect((await heard()).filter((event) => event.startsWith('change'))).toEqual([]);
    await page.close();
  });

  it('closes with Escape or the change of focus, and leaves what was typed', async () => {
    const { page } = await openField(false);
    await page.keyboard.type('si');
    await page.keyboard.press('Escape');
    expect(await shown(page)).toEqual([]);
    await page.keyboard.press('ArrowDown');
    expect(await shown(page)).toEqual(['active', 'signup']);
    await page.keyboard.press('Tab');
    expect(await shown(page)).toEqual([]);
    expect(await page.inputValue('#field')).toBe('si');
    await page.close();
  });
});
