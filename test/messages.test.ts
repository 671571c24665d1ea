import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BudgetError, IncompleteMarksError, plural, WrongTypeError } from '../src/base/errors.js';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path));

/** Lines of the code, without comments. */
function linesOf(file: string): string[] {
  return readFileSync(join(SRC, file), 'utf8')
    .split('\n')
    .filter((line) => !/^\s*(\*|\/\/|\/\*)/.test(line));
}

describe('numbers in messages', () => {
  it('are followed by one thing if they are 1', () => {
    expect(new BudgetError(1, 1, 1).message).toBe(
      'expected to read at most 1 byte, got a question that needs 1 byte of 1 bitmap',
    );
    expect(new BudgetError(2, 0, 2).message).toBe(
      'expected to read at most 0 bytes, got a question that needs 2 bytes of 2 bitmaps',
    );
    expect(new IncompleteMarksError(1, { cause: new WrongTypeError('k', 'list') }).message).toContain(
      'got an error after 1 row was written: ',
    );
    expect([0, 1, 2].map((count) => plural(count, 'person', 'people'))).toEqual([
      'people',
      'person',
      'people',
    ]);
  });

  it('are not followed by a noun that stays the same, unless the number does', () => {
    // A constant, in capitals, is never 1.
    const fixed =
      /\{(?![A-Z_]+\})[^{}]*\} (more |other |compressed |expired )?(rows|keys|ids|events|people|files|bytes|bitmaps|cohorts|periods|cells|lines|counts|marks|databases)\b/;
    const found = files.flatMap((file) => linesOf(file).filter((line) => fixed.test(line)));
    expect(found.map((line) => line.trim())).toEqual([]);
  });
});
