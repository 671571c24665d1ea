/** The checker of accessibility, in a page that may load it (`bypassCSP`). */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Explorer } from './page.js';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

/** What it finds wrong with the page as it stands: the rule, and the beginning of the element. */
export async function violations({ page }: Explorer): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}
