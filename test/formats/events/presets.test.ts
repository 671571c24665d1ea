import { describe, expect, it } from 'vitest';
import { type ReadEventsOptions, readEvents } from '../../../src/csv.js';
import { readJsonLines } from '../../../src/jsonl.js';
import { collectRows } from '../../support/formats/rows.js';

/** Rows in the shape of each program's export, by its public documentation; see docs/own-data.md. */

const AT = new Date('2026-11-22T12:45:07.123Z');

function fromJson(rows: readonly object[], options: ReadEventsOptions) {
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  return collectRows(readJsonLines(Buffer.from(text), { people: true, ...options }));
}

function fromCsv(text: string, options: ReadEventsOptions) {
  return collectRows(readEvents(Buffer.from(text), { people: true, ...options }));
}

describe('exports of programs', () => {
  it('of Segment: raw calls, of which those that track are events', async () => {
    const common = {
      anonymousId: 'anon-1',
      channel: 'browser',
      context: { library: { name: 'analytics.js' }, page: { title: 'Home' } },
      messageId: 'm-1',
      originalTimestamp: '2026-11-22T12:45:06.000Z',
      receivedAt: '2026-11-22T12:45:08.000Z',
      sentAt: '2026-11-22T12:45:08.000Z',
      timestamp: '2026-11-22T12:45:07.123Z',
      version: '2.0',
    };
    const { rows, error } = await fromJson(
      [
        { ...common, type: 'identify', userId: 'u_1', traits: { name: 'Ann' } },
        { ...common, type: 'page', name: 'Home', userId: null, properties: {} },
        { ...common, type: 'track', event: 'Signed Up', userId: null, properties: { plan: 'pro' } },
        { ...common, type: 'track', event: 'Ordered', userId: 'u_1', properties: { event: 'x' } },
        { ...common, type: 'group', groupId: 'g' },
        { ...common, type: 'alias', previousId: 'p' },
        { ...common, type: 'screen', name: 's' },
      ],
      { preset: 'segment' },
    );
    expect(error).toBeUndefined();
    expect(rows).toEqual([
      { event: 'Signed Up', id: 'anon-1', at: AT },
      { event: 'Ordered', id: 'u_1', at: AT },
    ]);
  });

  it('of Segment: the table of a warehouse, with the names as they were sent', async () => {
    const text =
      'id,received_at,anonymous_id,event,event_text,original_timestamp,sent_at,timestamp,user_id,type\n' +
      'm1,2026-11-22 12:45:08.5+00,a1,signed_up,Signed Up,2026-11-22 12:45:06+00,2026-11-22 12:45:08+00,2026-11-22 12:45:07.123+00,u_1,page\n' +
      'm2,2026-11-22 12:45:08.5+00,a1,signed_up,Signed Up,2026-11-22 12:45:06+00,2026-11-22 12:45:08+00,2026-11-22 12:45:07.123+00,,page\n';
    expect((await fromCsv(text, { preset: 'segment' })).rows).toEqual([
      { event: 'Signed Up', id: 'u_1', at: AT },
      { event: 'Signed Up', id: 'a1', at: AT },
    ]);
  });

  it('of PostHog: events of batch exports', async () => {
    const row = {
      uuid: '01940000-0000-7000-8000-000000000000',
      event: '$pageview',
      properties: { $current_url: 'https://example.com', distinct_id: 'other', time: 1 },
      distinct_id: 'ann@example.com',
      person_id: 'b1f7…',
      person_properties: {},
      timestamp: '2026-11-22T12:45:07.123000+00:00',
      created_at: '2026-11-22T12:46:00.000000+00:00',
    };
    expect((await fromJson([row], { preset: 'posthog' })).rows).toEqual([
      { event: '$pageview', id: 'ann@example.com', at: AT },
    ]);
    const byPerson = await fromJson([row], { preset: 'posthog', columns: { user: 'person_id' } });
    expect(byPerson.rows[0]!.id).toBe('b1f7…');
    const csv = `uuid,event,properties,distinct_id,person_id,timestamp,created_at\n0,signup,"{""a"":""b,c""}",ann,b,2026-11-22T12:45:07.123000+00:00,2026-11-22T12:46:00Z\n`;
    expect((await fromCsv(csv, { preset: 'posthog' })).rows).toEqual([
      { event: 'signup', id: 'ann', at: AT },
    ]);
  });

  it('of Mixpanel: the raw event export, in seconds or in milliseconds', async () => {
    const row = (time: number) => ({
      event: 'Signed up',
      properties: { time, distinct_id: 'ann', $insert_id: 'x', mp_processing_time_ms: 1_795_351_600_000 },
    });
    expect((await fromJson([row(1_795_351_507)], { preset: 'mixpanel' })).rows).toEqual([
      { event: 'Signed up', id: 'ann', at: new Date('2026-11-22T12:45:07Z') },
    ]);
    expect((await fromJson([row(1_795_351_507_123)], { preset: 'mixpanel' })).rows[0]!.at).toEqual(AT);
  });

  it('of Amplitude: the Export API, whose times are UTC', async () => {
    const row = {
      $insert_id: 'x',
      amplitude_id: 970_456_789_012,
      device_id: 'd',
      event_id: 3,
      event_time: '2026-11-22 12:45:07.123000',
      event_type: 'signup',
      client_event_time: '2026-11-22 12:45:01.000000',
      server_upload_time: '2026-11-22 12:45:09.000000',
      event_properties: { event_type: 'other' },
      user_id: 'ann@example.com',
      uuid: 'u',
    };
    const { rows } = await fromJson([row, { ...row, user_id: null }], { preset: 'amplitude' });
    expect(rows).toEqual([
      { event: 'signup', id: 'ann@example.com', at: AT },
      { event: 'signup', id: '970456789012', at: AT },
    ]);
  });

  it('are named to those who read such an export without them, also if its first row is broken', async () => {
    const notesOf = async (row: object, options: ReadEventsOptions = {}) => {
      const notes: string[] = [];
      await fromJson([row], { onReading: (reading) => notes.push(...reading.notes), ...options });
      return notes.filter((note) => note.includes('export'));
    };
    const call = { anonymousId: 'a', messageId: 'm', timestamp: AT, userId: 'ann', type: 'identify' };
    const looks = (like: string, preset: string) =>
      `this looks like an export of ${like}, which preset ${preset} reads`;
    expect(await notesOf({ ...call, event: null })).toEqual([looks('Segment', 'segment')]);
    expect(await notesOf({ ...call, type: 'track', event: 'a' }, { preset: 'segment' })).toEqual([]);
    const sent = { user_id: null, amplitude_id: 7, event_time: '2026-11-22 12:45:07', event_type: 'a' };
    expect(await notesOf(sent)).toEqual([looks('Amplitude', 'amplitude')]);
    expect(await notesOf({ user: 'ann', time: AT, event: 'a', messageId: 'm' })).toEqual([]);
  });

  it('are refused by another name', async () => {
    const { error } = await fromCsv('user,timestamp,event\n', { preset: 'toString' as 'segment' });
    expect(String(error)).toBe(
      'RangeError: expected a preset out of segment, posthog, mixpanel, amplitude, got "toString"',
    );
  });
});
