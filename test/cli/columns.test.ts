import { describe, expect, it } from 'vitest';
import { collectColumns } from '../../src/cli/columns.js';

describe('the columns of the command line', () => {
  it('are names by what they are for, whatever is in the names', () => {
    expect(collectColumns('user=user_id,time=created_at,event=event_name', undefined)).toEqual({
      user: 'user_id',
      time: 'created_at',
      event: 'event_name',
    });
    expect(collectColumns(' user = Last, first , time=a=b', undefined)).toEqual({
      user: 'Last, first',
      time: 'a=b',
    });
    expect(collectColumns('event=properties.$name', { user: 'id' })).toEqual({
      user: 'id',
      event: 'properties.$name',
    });
  });

  it('are refused if one is for nothing, has no name or comes twice', () => {
    for (const text of ['', 'user', 'user=', 'who=id', 'user=,time=t', 'id']) {
      expect(() => collectColumns(text, undefined)).toThrow(
        `expected user=COLUMN, time=COLUMN or event=COLUMN after --columns, with commas between them, got ${JSON.stringify(text)}`,
      );
    }
    const twice = 'expected one column for user in --columns, got "user=b"';
    expect(() => collectColumns('user=b', { user: 'a' })).toThrow(twice);
  });
});
