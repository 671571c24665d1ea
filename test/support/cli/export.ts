import { Random } from '../formats/fuzz/random.js';

/** A made-up export of an app, as messy as real ones are, and the very rows that are in it. */

export interface ExportedRow {
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly event: string;
}

export interface Export {
  readonly csv: string;
  readonly rows: readonly ExportedRow[];
}

const DAY_MS = 86_400_000;
/** A Monday. */
export const FIRST_MS = Date.UTC(2026, 7, 31);
const DAYS = 84;
const OFFSETS = [0, 0, 60, -300, 330, 540];

/**
 * `user_id,created_at,event_name` and two columns more: users are `u_…` and UUIDs, times ISO 8601 in several zones, some names
 * quoted with commas and quotes in them, lines end in CRLF, and some are blank.
 * @param count of rows
 */
export function makeExport(count: number, seed = 1): Export {
  const random = new Random(seed);
  const below = (limit: number): number => random.below(limit);
  const users = Array.from({ length: Math.ceil(count / 12) }, (_, at) => ({
    name: at % 3 === 0 ? uuidOf(below) : `u_${hex(below(2 ** 32), 8)}`,
    // Most are gone after some days.
    start: below(DAYS),
    stays: below(5) < 2 ? below(DAYS) : below(9),
  }));
  const rows: ExportedRow[] = users.map(({ name, start }) => ({
    user: name,
    at: FIRST_MS + start * DAY_MS + below(DAY_MS),
    event: EVENTS[0]!,
  }));
  while (rows.length < count) {
    const { name, start, stays } = random.pick(users);
    const day = start + below(Math.min(stays + 1, DAYS - start));
    rows.push({
      user: name,
      at: FIRST_MS + day * DAY_MS + below(DAY_MS),
      event: random.pick(EVENTS.slice(1)),
    });
  }
  rows.sort((a, b) => a.at - b.at);
  const lines = rows.map(({ user, at, event }) => {
    const plan = random.pick(['free', 'pro', '"Team, yearly"']);
    const line = `${user},${timeOf(at, below)},${quotedOf(event)},${plan},"{""path"": ""/a,b""}"\r\n`;
    return below(997) === 0 ? `${line}\r\n` : line;
  });
  return { csv: `user_id,created_at,event_name,plan,properties\r\n${lines.join('')}`, rows };
}

const EVENTS = ['Signed up', 'Opened app', 'Opened app', 'Invited "friends", twice', 'Paid, by card'];

/** The same text as programs write it: with Z or an offset, with or without a T, seconds or their parts. */
function timeOf(ms: number, below: (limit: number) => number): string {
  const offset = OFFSETS[below(OFFSETS.length)]!;
  const text = new Date(ms + offset * 60_000).toISOString().slice(0, below(2) === 0 ? 19 : 23);
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return text.replace('T', below(2) === 0 ? 'T' : ' ') + (offset === 0 && below(2) === 0 ? 'Z' : zone);
}

function quotedOf(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function uuidOf(below: (limit: number) => number): string {
  const digits = Array.from({ length: 8 }, () => hex(below(2 ** 16), 4)).join('');
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5');
}

function hex(value: number, length: number): string {
  return value.toString(16).padStart(length, '0');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
