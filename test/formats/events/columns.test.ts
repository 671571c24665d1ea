import { describe, expect, it } from 'vitest';
import { findColumns } from '../../../src/formats/events/columns.js';
import { ColumnsError } from '../../../src/formats/events/errors.js';
import type { ReadEventsOptions } from '../../../src/formats/events/options.js';

describe('the columns of a file', () => {
  it.each([
    ['user,timestamp,event', ''],
    ['event,note,user,timestamp', ''],
    ['user_id,created_at,event_name', 'user,time,event'],
    ['User ID,Event Time,Event Name', 'user,time,event'],
    ['userId,ts,action', 'user,time,event'],
    ['DISTINCT_ID,TIME,EVENT', 'user,time,event'],
    ['uuid,date,name', 'user,time,event'],
    ['e-mail,timestamp,event', 'user'],
  ])('are told by the names %s', (header, guessed) => {
    const names = header.split(',');
    const found = findColumns(names, {});
    expect([...found.user, ...found.time, ...found.event].sort()).toEqual(
      names.filter((name) => name !== 'note').sort(),
    );
    expect(found.guessed.join(',')).toBe(guessed);
  });

  it('are those that were always read, whatever else there is', () => {
    const names = ['user_id', 'user', 'created_at', 'timestamp', 'time', 'event_name', 'event', 'uid'];
    expect(findColumns(names, {}).shown).toEqual({ user: 'user', time: 'timestamp', event: 'event' });
  });

  it('are those that fit best: an id of the event is no user, a time of arrival comes after the time itself', () => {
    const names = ['uuid', 'event', 'distinct_id', 'timestamp', 'created_at', 'properties'];
    expect(findColumns(names, {}).shown).toEqual({ user: 'distinct_id', time: 'timestamp', event: 'event' });
  });

  it('lie deeper in a row only if none lies above', () => {
    const names = ['event', 'properties.distinct_id', 'properties.time', 'properties.name'];
    expect(findColumns(names, {}).shown).toEqual({
      user: 'properties.distinct_id',
      time: 'properties.time',
      event: 'event',
    });
    expect(findColumns([...names, 'time', 'user_id'], {}).shown).toEqual({
      user: 'user_id',
      time: 'time',
      event: 'event',
    });
  });

  it('are those that are given, and are not guessed for anything else', () => {
    const names = ['who', 'time', 'ts', 'event', 'name'];
    const columns = { user: 'who', time: 'ts', event: 'name' };
    expect(findColumns(names, { columns })).toMatchObject({ guessed: [], shown: columns });
    expect(findColumns(['event', 'name', 'ts'], { columns: { user: 'event' } }).shown).toEqual({
      user: 'event',
      time: 'ts',
      event: 'name',
    });
  });

  it('hold no event if every row is the same', () => {
    expect(findColumns(['user_id', 'time'], { event: 'login' })).toMatchObject({
      event: [],
      shown: { user: 'user_id', time: 'time' },
    });
  });

  it.each<[string, ReadEventsOptions, string, string[], string]>([
    [
      'user_id,customer_id,time,event',
      {},
      'user',
      ['user_id', 'customer_id'],
      'expected one column of users, got "user_id", "customer_id"; say which with columns, as in user=user_id',
    ],
    [
      'User,USER,time,event',
      {},
      'user',
      ['User', 'USER'],
      'expected one column of users, got "User", "USER"; say which with columns, as in user=User',
    ],
    [
      'user,user,time,event',
      {},
      'user',
      ['user', 'user'],
      'expected one column of users, got "user", "user"; say which with columns, as in user=user',
    ],
    [
      'user,created_at,created,event',
      {},
      'time',
      ['created_at', 'created'],
      'expected one column of times, got "created_at", "created"; say which with columns, as in time=created_at',
    ],
    [
      'user,time,thing',
      {},
      'event',
      [],
      'expected a column of event names, such as event, event_name or action, got "user", "time", "thing"; say which it is with columns, as in event=user, or the name of the only event with event',
    ],
    ['a,b', { columns: { user: 'c' } }, 'user', [], 'expected a column "c" of users, got "a", "b"'],
    ['a,a', { columns: { user: 'a' } }, 'user', [], 'expected a column "a" of users, got it 2 times'],
  ])('are a question in %s with %j', (header, options, role, candidates, message) => {
    const names = header.split(',');
    const error = thrownBy(() => findColumns(names, options));
    expect(error).toBeInstanceOf(ColumnsError);
    expect(error).toMatchObject({ role, candidates, names, message });
  });

  it('are those of a preset, of which the first that is filled counts', () => {
    const found = findColumns(['anonymous_id', 'user_id', 'timestamp', 'sent_at', 'event', 'event_text'], {
      preset: 'segment',
    });
    expect(found).toMatchObject({
      user: ['userId', 'user_id', 'anonymousId', 'anonymous_id'],
      event: ['event_text', 'event'],
      guessed: [],
      shown: { user: 'user_id', time: 'timestamp', event: 'event_text' },
    });
    expect(found.others).toBeUndefined();
    expect(findColumns(['userId', 'timestamp', 'event', 'type'], { preset: 'segment' }).others?.column).toBe(
      'type',
    );
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
