import { describe, expect, it } from 'vitest';
import { measures } from '../../src/measures.js';
import { filesOfBundle } from '../support/bundle.js';

describe('a bundle of one measure', () => {
  it.each(measures.map(({ name }) => name))('has no other, and nothing that draws: %s', async (name) => {
    const files = await filesOfBundle('measures', name);
    expect(files).toContain(`measures/${name}.ts`);
    const others = measures.filter((each) => each.name !== name).map((each) => `measures/${each.name}.ts`);
    expect(files.filter((path) => others.includes(path))).toEqual([]);
    expect(files.filter((path) => /^(report|compat|explorer|cli)\/|preact|levenshtein/.test(path))).toEqual(
      [],
    );
  });
});
