import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ColumnsError, peekEvents } from '../../../src/csv.js';

describe('the beginning of a CSV', () => {
  it('tells its columns, and shows its first rows', async () => {
    const rows = Array.from({ length: 20 }, (_, index) => `${index};"a;""b""";2026-11-22;x\r\n`);
    const text = `user_id;name;created_at; event_name \r\n${rows.join('')}`;
    for (const bytes of [Buffer.from(text), gzipSync(text), Buffer.from(`\uFEFF${text}`, 'utf16le')]) {
      const { names, samples, columns, problem } = await peekEvents(bytes);
      expect(names).toEqual(['user_id', 'name', 'created_at', 'event_name']);
      expect(samples).toHaveLength(10);
      expect(samples[9]).toEqual(['9', 'a;"b"', '2026-11-22', 'x']);
      expect(columns).toEqual({ user: 'user_id', time: 'created_at', event: 'event_name' });
      expect(problem).toBeUndefined();
    }
  });

  it('says what cannot be told, and takes what is given', async () => {
    const bytes = Buffer.from('who\twhen\twhat\n1\t2026-11-22');
    const { samples, problem } = await peekEvents(bytes);
    expect(samples).toEqual([['1', '2026-11-22', '']]);
    expect(problem).toBeInstanceOf(ColumnsError);
    const twofold = await peekEvents(Buffer.from('when,user_id,what,customer_id\n'));
    expect(twofold.columns).toEqual({ time: 'when' });
    expect(twofold.problem).toMatchObject({ role: 'user', candidates: ['user_id', 'customer_id'] });
    const { columns } = await peekEvents(bytes, { columns: { user: 'who' }, event: 'login' });
    expect(columns).toEqual({ user: 'who', time: 'when' });
  });

  it('is all that is read', async () => {
    let pulled = 0;
    let released = false;
    async function* endless() {
      try {
        yield Buffer.from('user,timestamp,event\n');
        for (;;) {
          pulled++;
          yield Buffer.from('1,100000000,a\n');
        }
      } finally {
        released = true;
      }
    }
    expect((await peekEvents(endless())).samples).toHaveLength(10);
    expect([pulled < 20, released]).toEqual([true, true]);
    async function* withoutEnds() {
      for (;;) yield Buffer.alloc(65_536, 'x,');
    }
    await expect(peekEvents(withoutEnds())).rejects.toThrow('got more than 262144 characters without an end');
  });

  it('is refused if there is none', async () => {
    await expect(peekEvents(Buffer.from('\n'))).rejects.toThrow(
      'line 1: expected a header with the names of columns, got an empty file',
    );
  });
});
