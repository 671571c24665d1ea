import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { readEvents } from '../../src/csv.js';
import { TimeReader } from '../../src/formats/events/times.js';
import { TimestampReader } from '../../src/formats/events/timestamp.js';
import { Bitmapist, MemoryStore, Period } from '../../src/index.js';
import { readMoment } from '../../src/time/moment-text.js';

/** The day, in UTC, on which a mark at a moment's text is found. */
async function dayOf(text: string, timeZone = 'UTC'): Promise<string> {
  const bitmapist = new Bitmapist({ timeZone });
  await bitmapist.markEvent('a', 1, { now: text });
  for await (const key of bitmapist.store.keys('trackist_a_')) {
    const day = /^trackist_a_(\d+)-(\d+)-(\d+)$/.exec(key);
    if (day !== null)
      return day
        .slice(1)
        .map((part) => part.padStart(2, '0'))
        .join('-');
  }
  throw new Error('no day was marked');
}

describe('the text of a moment', () => {
  it.each([
    // PostgreSQL, Python's str(datetime), loggers
    ['2026-11-02 00:30:00+09:00', '2026-11-01T15:30:00Z'],
    ['2026-11-02 00:30:00+09', '2026-11-01T15:30:00Z'],
    ['2026-11-02 00:30:00+0900', '2026-11-01T15:30:00Z'],
    ['2026-11-02 00:30:00.123456+09:00', '2026-11-01T15:30:00.123456Z'],
    ['2026-11-01 23:30:00Z', '2026-11-01T23:30:00Z'],
    ['2026-11-01 22:30:00+00', '2026-11-01T22:30:00Z'],
    ['2026-11-30 23:30:00-05:00', '2026-12-01T04:30:00Z'],
    // Shopify, Ruby, git, BigQuery, Snowflake, Trino
    ['2026-11-02 00:30:00 +0200', '2026-11-01T22:30:00Z'],
    ['2026-11-02 00:30:00 +02:00', '2026-11-01T22:30:00Z'],
    ['2026-11-02 00:30:00.500 -0800', '2026-11-02T08:30:00.5Z'],
    ['2026-11-02 00:30:00 UTC', '2026-11-02T00:30:00Z'],
    ['2026-11-02 00:30:00.123456 UTC', '2026-11-02T00:30:00.123456Z'],
    ['2026-11-02 00:30:00 GMT', '2026-11-02T00:30:00Z'],
    ['2026-11-02 00:30:00.000 America/New_York', '2026-11-02T05:30:00Z'],
    // Java, Temporal
    ['2026-11-02T23:30:00-05:00[America/New_York]', '2026-11-03T04:30:00Z'],
    ['2026-11-02 23:30:00-05:00[America/New_York]', '2026-11-03T04:30:00Z'],
    ['2026-11-02T23:30:00[America/New_York]', '2026-11-03T04:30:00Z'],
    ['2026-11-02T23:30:00Z[America/New_York]', '2026-11-02T23:30:00Z'],
    ['2026-11-02T23:30:00+05:30[+05:30][u-ca=gregory]', '2026-11-02T18:00:00Z'],
    // ISO 8601, extended and basic
    ['2026-11-02T00:30:00,5+01:00', '2026-11-01T23:30:00.5Z'],
    ['2026-11-02T00:30+01', '2026-11-01T23:30:00Z'],
    ['20261102T003000Z', '2026-11-02T00:30:00Z'],
    ['20261102T0030+0100', '2026-11-01T23:30:00Z'],
    ['2026-11-02t00:30:00z', '2026-11-02T00:30:00Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59Z'],
    ['2026-11-02T00:30:00.1234567891Z', '2026-11-02T00:30:00.123456789Z'],
    ['+002026-11-02T00:30:00Z', '2026-11-02T00:30:00Z'],
    // Unix seconds
    ['1793579400', '2026-11-02T00:30:00Z'],
    ['1793579400.25', '2026-11-02T00:30:00.25Z'],
    ['100000000', '1973-03-03T09:46:40Z'],
    ['253402300799', '9999-12-31T23:59:59Z'],
  ])('%s is the instant %s', (text, instant) => {
    expect(readMoment(text)).toBeInstanceOf(Temporal.Instant);
    expect(String(readMoment(text))).toBe(instant);
  });

  it.each([
    ['2026-11-02 00:30', '2026-11-02T00:30:00'],
    ['2026-11-02T00', '2026-11-02T00:00:00'],
    ['2026-11-02 00:30:00,25', '2026-11-02T00:30:00.25'],
    ['20261102T003000', '2026-11-02T00:30:00'],
    ['2026-11-02', '2026-11-02'],
    ['20261102', '2026-11-02'],
    ['2026-11-02[u-ca=hebrew]', '2026-11-02'],
  ])('%s is %s by the clock of any zone', (text, wall) => {
    expect(String(readMoment(text))).toBe(wall);
  });

  it.each([
    ['2026', ', perhaps a year or a month: write a day of it, as 2026-11-02'],
    ['202611', ', perhaps a year or a month: write a day of it, as 2026-11-02'],
    ['46328.395833', ', perhaps the day number of a spreadsheet: write 2026-11-02T09:30:00'],
    ['46328', ', perhaps the day number of a spreadsheet: write 2026-11-02T00:00:00'],
    ['202611020030', ', perhaps a date and time: write it as 2026-11-02T00:30:00'],
    ['20261102003059', ', perhaps a date and time: write it as 2026-11-02T00:30:00'],
    ['1793579400000', ', perhaps milliseconds, micro- or nanoseconds: unix seconds have ten digits'],
    ['1793579400000000', ', perhaps milliseconds, micro- or nanoseconds: unix seconds have ten digits'],
    ['1793579400000000000', ', perhaps milliseconds, micro- or nanoseconds: unix seconds have ten digits'],
    ['0', '; a plain number is unix seconds, from 100000000 (1973) on'],
    ['99999999', '; a plain number is unix seconds, from 100000000 (1973) on'],
    ['-86400', '; a plain number is unix seconds, from 100000000 (1973) on'],
    ['20261399', '; a plain number is unix seconds, from 100000000 (1973) on'],
    ['20261102.5', '; a plain number is unix seconds, from 100000000 (1973) on'],
    ['Mon, 02 Nov 2026 00:30:00 +0000', ': write it as 2026-11-02 or 2026-11-02T00:30:00Z'],
    ['Mon Nov 02 2026 00:30:00 GMT+0000', ': write it as 2026-11-02 or 2026-11-02T00:30:00Z'],
    ['02/Nov/2026:00:30:00 +0000', ': write it as 2026-11-02 or 2026-11-02T00:30:00Z'],
    ['2 Nov 2026', ': write it as 2026-11-02 or 2026-11-02T00:30:00Z'],
    ['11/2/2026', ': write it as 2026-11-02 or 2026-11-02T00:30:00Z'],
    ['02.11.2026 00:30', ': write it as 2026-11-02 or 2026-11-02T00:30:00Z'],
    ['2026-11-02T23:30:00-04:00[America/New_York]', ', whose offset the zone does not have then'],
    ['2026-11-02T23:30:00[Mars/Olympus]', ''],
    ['2026-11-02 23:30:00 Mars/Olympus', ''],
    ['2026-11-02[America/New_York]', ''],
    ['2026-11-02Z', ''],
    ['2026-11-02 +01:00', ''],
    ['2026-11-02T24:00', ''],
    ['2026-11-02T10:60', ''],
    ['2026-11-02T10:00:61', ''],
    ['2026-11-02T10:00:', ''],
    ['2026-11-02T10:00+24:00', ''],
    ['2026-11-02T10:00 EST', ''],
    ['2026-11-02T10:00Z and more', ''],
    [' 2026-11-02', ''],
    ['2026-11-02\n', ''],
    ['2026-1102', ''],
    ['2026-02-30', ''],
    ['2026-W45-1', ''],
    ['0000-11-02', ''],
    ['+010000-01-01', ''],
    ['253402300800', ''],
    ['yesterday', ''],
    ['', ''],
  ])('refuses %j and says what it may have been meant as', async (text, advice) => {
    const refusal = `expected an ISO 8601 date, got ${JSON.stringify(text)}${advice}`;
    expect(readMoment(text)).toBeUndefined();
    await expect(new Bitmapist().markEvent('a', 1, { now: text })).rejects.toThrow(new RangeError(refusal));
  });

  it('marks the day of the zone asked about', async () => {
    expect(await dayOf('2026-11-02 00:30:00+09:00')).toBe('2026-11-01');
    expect(await dayOf('2026-11-01 22:30:00+00', 'Asia/Tokyo')).toBe('2026-11-02');
    expect(await dayOf('2026-11-02T23:30:00[America/New_York]')).toBe('2026-11-03');
  });

  it('lies in no hour if it is a date alone, however that is written', async () => {
    for (const date of ['2024-12-31', '20241231', '+002024-12-31', '2024-12-31[u-ca=gregory]']) {
      const marking = new Bitmapist({ trackHourly: true }).markEvent('a', 1, { now: date });
      await expect(marking).rejects.toThrow(
        `expected a moment with a time of day to track hours, got the date ${date}`,
      );
    }
  });

  it('names an hour by its offset, with a colon or without', () => {
    const bitmapist = new Bitmapist();
    expect(String(bitmapist.hour('a', '2026-11-22T10:00+0200').period)).toBe('2026-11-22T08');
    expect(String(bitmapist.hour('a', '2026-11-22T10:00+02:00').period)).toBe('2026-11-22T08');
  });
});

describe('a moment that is null', () => {
  it('is refused by every door, since it is not now', async () => {
    const bitmapist = new Bitmapist();
    const none = null as unknown as string;
    const refusal = 'expected a Date, ISO 8601 text or a Temporal value, got null';
    await expect(bitmapist.markEvent('a', 1, { now: none })).rejects.toThrow(refusal);
    await expect(bitmapist.unmarkEvent('a', 1, { now: none })).rejects.toThrow(refusal);
    expect(() => bitmapist.batch().markEvent('a', 1, { now: none })).toThrow(refusal);
    await expect(bitmapist.markEvents([{ event: 'a', id: 1, at: none }])).rejects.toThrow(refusal);
    await expect(bitmapist.cohort({ select1: 'a', select2: 'a', now: none })).rejects.toThrow(refusal);
    await expect(bitmapist.cohort({ select1: 'a', select2: 'a', startDate: none })).rejects.toThrow(refusal);
    expect(() => bitmapist.day('a', none)).toThrow(refusal);
    expect(() => Period.of('day', none)).toThrow(refusal);
  });
});

const digits = (length: number, min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min, max }).map((value) => String(value).padStart(length, '0'));

/** Texts as they are met, most of them moments and some just not. */
const texts = fc
  .record({
    date: fc.oneof(
      { weight: 8, arbitrary: fc.tuple(digits(4, 2009, 2031), digits(2, 1, 12), digits(2, 1, 28)) },
      {
        weight: 1,
        arbitrary: fc.tuple(
          fc.oneof(digits(4, 1600, 9999), fc.constant('0000')),
          digits(2, 0, 13),
          digits(2, 0, 32),
        ),
      },
    ),
    dash: fc.constantFrom('-', '-', '-', ''),
    separator: fc.constantFrom('T', ' ', 't', ''),
    time: fc.tuple(digits(2, 0, 24), digits(2, 0, 60), digits(2, 0, 61)),
    colon: fc.constantFrom(':', ':', ':', ''),
    length: fc.integer({ min: 0, max: 3 }),
    fraction: fc.oneof(
      fc.constant(''),
      fc.tuple(fc.constantFrom('.', ','), digits(1, 0, 1e11)).map((f) => f.join('')),
    ),
    space: fc.constantFrom('', '', ' '),
    offset: fc.oneof(
      fc.constantFrom(
        '',
        '',
        'Z',
        'z',
        'UTC',
        'GMT',
        'EST',
        '+09',
        '+0930',
        '-05:00',
        '+14:00',
        '-00:00',
        '+24:00',
        '+05:60',
        '+01:00:30',
      ),
      fc
        .tuple(fc.constantFrom('+', '-'), digits(2, 0, 15), fc.constantFrom('', ':'), digits(2, 0, 59))
        .map((o) => o.join('')),
    ),
    zone: fc.constantFrom(
      '',
      '',
      '',
      '',
      '',
      '[America/New_York]',
      '[Asia/Kathmandu]',
      '[Nowhere]',
      '[u-ca=gregory]',
    ),
  })
  .map(({ date, dash, separator, time, colon, length, fraction, space, offset, zone }) => {
    const clock = time.slice(0, length).join(colon);
    const rest = length === 0 ? '' : `${separator}${clock}${length === 3 ? fraction : ''}${space}${offset}`;
    return `${date.join(dash)}${rest}${zone}`;
  });

const numbers = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 31 }).map(String),
  fc.nat().map(String),
  fc.tuple(fc.integer({ min: 1e8, max: 3e9 }), fc.nat(999_999)).map((parts) => parts.join('.')),
);

const ZONES = ['UTC', 'Asia/Tokyo', 'America/St_Johns', 'Pacific/Chatham'];
const KEYS = 'trackist_';

/** What each door makes of a text: the keys that a mark goes to, or that it is refused. */
const DOORS: Record<string, (text: string, timeZone: string) => Promise<readonly string[] | 'refused'>> = {
  markEvent: (text, timeZone) => marked(timeZone, (bitmapist) => bitmapist.markEvent('a', 1, { now: text })),
  'markEvent, of a stretch of time seen before': (text, timeZone) =>
    marked(timeZone, async (bitmapist) => {
      await bitmapist.markEvents([
        ...['00', '15', '30', '45']
          .map((minutes) => ({ event: 'b', id: 1, at: `${text.slice(0, 13)}:${minutes}` }))
          .filter(({ at }) => readMoment(at)),
        { event: 'a', id: 1, at: text },
      ]);
    }),
  'a file of events without quotes': (text, timeZone) =>
    marked(timeZone, async (bitmapist) => {
      const lines = ['user;timestamp;event', '1;2001-01-01;b', `1;${text};a`];
      await bitmapist.markEvents(readEvents([new TextEncoder().encode(lines.join('\n'))]));
    }),
  'a file of events': (text, timeZone) =>
    marked(timeZone, async (bitmapist) => {
      await bitmapist.markEvents(
        readEvents([new TextEncoder().encode(`user,timestamp,event\n1,"${text}",a\n`)]),
      );
    }),
  'sets of periods': (text, timeZone) =>
    asKeys(
      ['month', 'week', 'day'] as const,
      (unit) => new Bitmapist({ timeZone }).events('a', unit, text).period,
    ),
  'now of a cohort table': async (text, timeZone) => cohortKeys(timeZone, { now: text, numResults: 1 }),
  'the start of a cohort table': async (text, timeZone) =>
    cohortKeys(timeZone, { startDate: text, numResults: 1 }),
};

async function marked(timeZone: string, mark: (bitmapist: Bitmapist) => Promise<unknown>) {
  const store = new MemoryStore();
  try {
    await mark(new Bitmapist({ store, timeZone }));
  } catch (error) {
    expect(String((error as Error).message)).toContain('expected');
    return 'refused';
  }
  const keys: string[] = [];
  for await (const key of store.keys(`${KEYS}a_`)) keys.push(key);
  return keys.sort();
}

async function asKeys<Unit>(units: readonly Unit[], periodOf: (unit: Unit) => Period | Promise<Period>) {
  try {
    const periods = await Promise.all(units.map(async (unit) => periodOf(unit)));
    const store = new MemoryStore();
    for (const period of periods) {
      const numbers =
        period.unit === 'week' ? [`W${period.year}`, period.week] : [period.year, period.month, period.day];
      await store.write([
        {
          key: `${KEYS}a_${numbers.slice(0, period.unit === 'month' ? 2 : 3).join('-')}`,
          ids: [1],
          value: 1,
        },
      ]);
    }
    const keys: string[] = [];
    for await (const key of store.keys('')) keys.push(key);
    return keys.sort();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return 'refused';
  }
}

function cohortKeys(timeZone: string, options: { now?: string; startDate?: string; numResults: number }) {
  return asKeys(['months', 'weeks', 'days'] as const, async (timeGroup) => {
    const bitmapist = new Bitmapist({ timeZone });
    const { rows } = await bitmapist.cohort({
      select1: 'a',
      select2: 'a',
      numOfRows: 0,
      timeGroup,
      ...options,
    });
    return Period.parse(rows[0]!.period!);
  });
}

describe('every door for moments', () => {
  it('takes the same texts for the same moments and refuses the same', { tags: 'long' }, async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 5, arbitrary: texts }, numbers),
        fc.constantFrom(...ZONES),
        async (text, zone) => {
          // A year, a month, a week are texts of periods where a period is asked for, and no moments.
          fc.pre(!/^\d{4}$/.test(text));
          const answers = await Promise.all(Object.values(DOORS).map((door) => door(text, zone)));
          const expected = oracle(text, zone);
          if (expected !== 'refused') taken += 1;
          for (const [index, answer] of answers.entries()) {
            expect(answer, `${Object.keys(DOORS)[index]} for ${text} in ${zone}`).toEqual(expected);
          }
        },
      ),
      { seed: 9, numRuns: 1500 },
    );
    expect(taken).toBeGreaterThan(500);
  });

  it('reads the common texts of files as fast and as right as all others', { tags: 'long' }, () => {
    let instants = 0;
    let plainly = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 5, arbitrary: texts }, numbers), (text) => {
        const fast = new TimestampReader().read(text);
        const slow = readMoment(text);
        if (fast instanceof Date) {
          instants += 1;
          expect(fast.getTime()).toBe((slow as Temporal.Instant).epochMilliseconds);
        } else {
          expect(slow instanceof Temporal.Instant).toBe(false);
          expect(fast).toBe(slow === undefined ? undefined : text);
        }
        const reader = new TimeReader(undefined, false);
        reader.settle();
        const plain = reader.readPlain(`a,${text},b`, 2, text.length + 2);
        if (plain !== undefined) {
          plainly += 1;
          expect(plain).toEqual(fast);
        }
      }),
      { seed: 10, numRuns: 20_000 },
    );
    expect(instants).toBeGreaterThan(2000);
    expect(plainly).toBeGreaterThan(1500);
  });
});

/** The grammar once more, by plain arithmetic; zones by the clock of the runtime. */
function oracle(text: string, timeZone: string): readonly string[] | 'refused' {
  const instant = oracleInstant(text);
  if (instant === undefined) return 'refused';
  const [year, month, day] = typeof instant === 'number' ? clockOf(instant, timeZone) : instant;
  const thursday = new Date(
    Date.UTC(year!, month! - 1, day! + 4 - (new Date(Date.UTC(year!, month! - 1, day!)).getUTCDay() || 7)),
  );
  const week =
    Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / 86_400_000 / 7) + 1;
  return [
    `${KEYS}a_${year}-${month}`,
    `${KEYS}a_${year}-${month}-${day}`,
    `${KEYS}a_W${thursday.getUTCFullYear()}-${week}`,
  ].sort();
}

function oracleInstant(text: string): number | readonly [number, number, number] | undefined {
  if (/^\d+(\.\d+)?$/.test(text) && !/^\d{8}$/.test(text)) {
    const seconds = Number(text);
    return seconds >= 1e8 && seconds < 253_402_300_800 ? Math.floor(seconds * 1000) : undefined;
  }
  const [, y, , m, d, rest] = /^(\d{4})(-?)(\d\d)\2(\d\d)(.*)$/.exec(text) ?? [];
  if (y === undefined) return undefined;
  const date = [Number(y), Number(m), Number(d)] as const;
  const utc = new Date(0);
  utc.setUTCFullYear(date[0], date[1] - 1, date[2]);
  if (date[0] < 1 || utc.getUTCMonth() + 1 !== date[1] || utc.getUTCDate() !== date[2]) return undefined;
  const body = rest!.replace(/\[u-ca=gregory\]$/, '');
  if (body === '') return date;
  const parts =
    /^[Tt ](\d\d)(?:(:?)(\d\d)(?:\2(\d\d)(?:[.,](\d+))?)?)?(?: ?(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d(?::?\d\d)?)?))?(?:\[(.+)\])?$/.exec(
      body,
    );
  if (parts === null) return undefined;
  const [, hour, , minute = '0', second = '0', fraction = '', offset, zone] = parts;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const wall =
    utc.getTime() +
    Number(hour) * 3_600_000 +
    Number(minute) * 60_000 +
    Math.min(Number(second), 59) * 1000 +
    Number(fraction.padEnd(3, '0').slice(0, 3));
  if (zone === 'Nowhere') return undefined;
  if (offset === undefined) {
    if (zone === undefined) return date;
    const shown = [-14, -5, -4, 5.75]
      .map((hours) => wall - hours * 3_600_000)
      .filter((at) => wallOf(at, zone) === wall);
    // Skipped by the clocks of New York for an hour in spring: an hour later then.
    return Math.min(...(shown.length > 0 ? shown : [wall + 5 * 3_600_000]));
  }
  if (/^[A-Za-z]/.test(offset)) return wall;
  const [, sign, h, min = '0', s = '0'] = /^([+-])(\d\d):?(\d\d)?:?(\d\d)?$/.exec(offset)!;
  if (Number(h) > 23 || Number(min) > 59 || Number(s) > 59) return undefined;
  const instant = wall - Number(`${sign}1`) * (Number(h) * 3600 + Number(min) * 60 + Number(s)) * 1000;
  if (zone !== undefined && wallOf(instant, zone) !== wall) return undefined;
  return instant;
}

function clockOf(instant: number, timeZone: string): readonly number[] {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = Object.fromEntries(
    format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
  );
  return [parts.year!, parts.month!, parts.day!, parts.hour!, parts.minute!, parts.second!];
}

/** The clock of a zone, as milliseconds since 1970 of a clock in UTC that shows the same. */
function wallOf(instant: number, timeZone: string): number {
  const [year, month, day, hour, minute, second] = clockOf(instant, timeZone);
  return Date.UTC(year!, month! - 1, day!, hour, minute, second) + (((instant % 1000) + 1000) % 1000);
}
