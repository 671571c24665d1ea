import { expect, it } from 'vitest';
import { encodeHeader, encodeRow } from '../../../src/formats/clickhouse/rowbinary.js';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

it('begins with the number of columns, their names and their types', () => {
  expect(text(encodeHeader())).toBe(
    "\x05\x05event\x04unit\x06period\x05start\x03ids\x06String\x06String\x06String\x14DateTime64(0, 'UTC')&AggregateFunction(groupBitmap, UInt32)",
  );
});

it('writes text with its length in bytes, moments in 64 bits and states as they are', () => {
  const row = encodeRow({
    event: 'é',
    unit: 'day',
    period: '1969-12-31',
    start: -86_400,
    state: [Uint8Array.of(0, 0)],
  });
  expect(text(row)).toBe('\x02\xc3\xa9\x03day\x0a1969-12-31\x80\xae\xfe\xff\xff\xff\xff\xff\0\0');
});

it('writes lengths of 128 and more in several bytes', () => {
  const row = encodeRow({ event: 'e'.repeat(300), unit: '', period: '', start: 0, state: [] });
  expect([...row.subarray(0, 3)]).toEqual([172, 2, 101]);
});
