import { expect, it } from 'vitest';
import { tableOf } from '../../../src/store/clickhouse/client.js';

it('takes a table by its name, or by that of its database too, as parameters', () => {
  expect(tableOf("o'x")).toEqual({ text: '{table:Identifier}', parameters: { table: "o'x" } });
  expect(tableOf('a.b')).toEqual({
    text: '{database:Identifier}.{table:Identifier}',
    parameters: { database: 'a', table: 'b' },
  });
});

it.each(['', 'a.', '.b', 'a.b.c'])('refuses the name %j', (name) => {
  expect(() => tableOf(name)).toThrow(
    new RangeError(
      `expected the name of a table, such as bitmaps or analytics.bitmaps, got ${JSON.stringify(name)}`,
    ),
  );
});
