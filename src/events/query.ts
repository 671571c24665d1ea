import { SyntaxProblem } from '../base/errors.js';
import { Period, type PeriodUnit } from '../time/period.js';

/**
 * Expression text as data: `event@PERIOD` joined by `~ & ^ |` (strongest first, left to right), parentheses, and
 * `atLeast(2, …, …)`. Pure: no store, no clock; `day-1` stays "the day before the current one" until somebody asks.
 */

/** The current period of a unit, or the one `back` units before it. */
export interface CurrentPeriod {
  /** What to count in. */
  readonly unit: PeriodUnit;
  /** 0 for the current period itself, up to 99,999,999. */
  readonly back: number;
}

/** From the start of one period to the end of another, perhaps of different units. */
export interface PeriodRange {
  /** What it begins with. */
  readonly from: Period | CurrentPeriod;
  /** What it ends with. */
  readonly to: Period | CurrentPeriod;
}

/** When an event is looked at; `{period}` stands for whatever period the expression is asked for. */
export type QueryPeriod = Period | CurrentPeriod | PeriodRange | 'unique' | '{period}';

/** `event@PERIOD`. */
export interface QueryEvent {
  /** Tells it from other nodes. */
  readonly op: 'event';
  /** The name, without quotes. */
  readonly event: string;
  /** What follows the `@`. */
  readonly period: QueryPeriod;
}

/** `~` and what follows it. */
export interface QueryNot {
  /** Tells it from other nodes. */
  readonly op: 'not';
  /** What is complemented. */
  readonly of: QueryNode;
}

/** Two or more operands, left to right. */
export interface QueryJoin {
  /** `&`, `^` or `|`. */
  readonly op: 'and' | 'xor' | 'or';
  /** Left to right; operands of the same operation are not nested unless parentheses nest them. */
  readonly of: readonly QueryNode[];
}

/** `atLeast(k, …)` or `exactly(k, …)`: who is in so many of the operands. */
export interface QueryThreshold {
  /** Whether more than `k` will do. */
  readonly op: 'atLeast' | 'exactly';
  /** From 1 to the number of operands. */
  readonly k: number;
  /** One or more, left to right. */
  readonly of: readonly QueryNode[];
}

/** Expression text, parsed. Frozen. */
export type QueryNode = QueryEvent | QueryNot | QueryJoin | QueryThreshold;

/** Parentheses and complements may be nested this deep. */
export const MAX_QUERY_DEPTH = 200;
/** A text may name so many events, each time counted. */
export const MAX_QUERY_EVENTS = 10_000;
/** A text may be so long, in UTF-16 code units. */
export const MAX_QUERY_LENGTH = 1_000_000;

/**
 * Parses expression text such as `(signup@2026-11 | login@week-1) & ~"paid plan"@unique`.
 * @throws SyntaxProblem with the offset of the first character that does not fit, invalid periods included; also for texts
 * that are too long, too deep or name too many events
 * @example
 * import { parseQuery } from 'bitmapist-wasm';
 * console.log(parseQuery('active@day-6..day & ~"paid plan"@unique').op); // and
 */
export function parseQuery(text: string): QueryNode {
  if (typeof text !== 'string') throw new TypeError(`expected expression text, got ${String(text)}`);
  const scanner = { text, offset: 0, events: 0 };
  if (text.length > MAX_QUERY_LENGTH) {
    const message = `expected an expression of at most ${MAX_QUERY_LENGTH} characters, got ${text.length}`;
    throw problem({ ...scanner, offset: MAX_QUERY_LENGTH }, message);
  }
  const node = parseJoin(scanner, 0, 0);
  if (scanner.offset < text.length) throw unexpected(scanner, '"&", "^", "|" or the end of the expression');
  return node;
}

/**
 * The text of a parsed expression; `parseQuery` reads it back to the same data.
 * @example
 * import { formatQuery, Period } from 'bitmapist-wasm';
 * console.log(formatQuery({ op: 'event', event: 'paid plan', period: Period.month(2026, 11) })); // "paid plan"@2026-11
 */
export function formatQuery(node: QueryNode): string {
  switch (node.op) {
    case 'event':
      return `${formatName(node.event)}@${formatPeriod(node.period)}`;
    case 'not':
      return `~${formatOperand(node.of, JOINS.length)}`;
    case 'atLeast':
    case 'exactly':
      return `${node.op}(${[node.k, ...node.of.map(formatQuery)].join(', ')})`;
    default: {
      const level = JOINS.findIndex(({ op }) => op === node.op);
      return node.of.map((operand) => formatOperand(operand, level + 1)).join(` ${JOINS[level]!.sign} `);
    }
  }
}

/**
 * Every `event@PERIOD` of a parsed expression, from left to right.
 * @example
 * import { parseQuery, queryEvents } from 'bitmapist-wasm';
 * const events = Array.from(queryEvents(parseQuery('signup@week & ~pro@unique')), ({ event }) => event);
 * console.log(events.join(' and ')); // signup and pro
 */
export function* queryEvents(query: QueryNode): Generator<QueryEvent, void, undefined> {
  if (query.op === 'event') yield query;
  else for (const operand of query.op === 'not' ? [query.of] : query.of) yield* queryEvents(operand);
}

/**
 * Whether hours must be marked to answer a period of a parsed expression.
 * @example
 * import { needsHours, Period } from 'bitmapist-wasm';
 * console.log(needsHours({ from: Period.parse('2026-11-22T13'), to: { unit: 'day', back: 0 } })); // true
 */
export function needsHours(period: QueryPeriod): boolean {
  if (typeof period === 'string') return false;
  const ends = period instanceof Period || 'unit' in period ? [period] : [period.from, period.to];
  return ends.some(({ unit }) => unit === 'hour');
}

interface Scanner {
  readonly text: string;
  offset: number;
  /** Named so far. */
  events: number;
}

/** Weakest first. */
const JOINS = [
  { op: 'or', sign: '|' },
  { op: 'xor', sign: '^' },
  { op: 'and', sign: '&' },
] as const;

function parseJoin(scanner: Scanner, level: number, depth: number): QueryNode {
  const join = JOINS[level];
  if (join === undefined) return parseOperand(scanner, depth);
  const operands = [parseJoin(scanner, level + 1, depth)];
  while (take(scanner, join.sign)) operands.push(parseJoin(scanner, level + 1, depth));
  if (operands.length === 1) return operands[0]!;
  return Object.freeze({ op: join.op, of: Object.freeze(operands) });
}

function parseOperand(scanner: Scanner, depth: number): QueryNode {
  skipSpace(scanner);
  if (depth > MAX_QUERY_DEPTH) {
    throw problem(scanner, `expected at most ${MAX_QUERY_DEPTH} nested "(" and "~", got more`);
  }
  const call = match(scanner, /(?:atLeast|exactly)\(/y);
  if (call !== undefined) return parseCall(scanner, call === 'atLeast(' ? 'atLeast' : 'exactly', depth + 1);
  if (take(scanner, '~')) return Object.freeze({ op: 'not', of: parseOperand(scanner, depth + 1) });
  if (!take(scanner, '(')) return parseEvent(scanner);
  const inner = parseJoin(scanner, 0, depth + 1);
  if (!take(scanner, ')')) throw unexpected(scanner, '"&", "^", "|" or ")"');
  return inner;
}

function parseCall(scanner: Scanner, op: QueryThreshold['op'], depth: number): QueryNode {
  skipSpace(scanner);
  const start = scanner.offset;
  const k = Number(match(scanner, /\d+/y) ?? fail(scanner, `a whole number, as in ${op}(2, a@week, b@week)`));
  const of: QueryNode[] = [];
  while (of.length === 0 || !take(scanner, ')')) {
    if (!take(scanner, ',')) throw unexpected(scanner, of.length === 0 ? '","' : '"&", "^", "|", "," or ")"');
    of.push(parseJoin(scanner, 0, depth));
  }
  if (k < 1 || k > of.length) {
    const message = `expected a whole number of sets from 1 to ${of.length}, those that are given, got ${k}`;
    throw problem({ ...scanner, offset: start }, message);
  }
  return Object.freeze({ op, k, of: Object.freeze(of) });
}

function parseEvent(scanner: Scanner): QueryNode {
  if (scanner.events++ === MAX_QUERY_EVENTS) {
    throw problem(scanner, `expected at most ${MAX_QUERY_EVENTS} events in an expression, got more`);
  }
  const event = scanner.text[scanner.offset] === '"' ? quotedName(scanner) : bareName(scanner);
  if (scanner.text[scanner.offset] !== '@') throw unexpected(scanner, '"@" and a period');
  scanner.offset++;
  return Object.freeze({ op: 'event', event, period: parsePeriod(scanner) });
}

/** Everything but white space, the operators, parentheses, quotes and `@`. */
const BARE = /[^\s~&^|()"@]+/y;

function bareName(scanner: Scanner): string {
  return match(scanner, BARE) ?? fail(scanner, 'an event such as signup@2026-11, "~" or "("');
}

function quotedName(scanner: Scanner): string {
  const start = scanner.offset++;
  let name = '';
  for (;;) {
    name += match(scanner, /[^"\\]+/y) ?? '';
    if (take(scanner, '"', false)) break;
    if (!take(scanner, '\\', false)) return fail(scanner, 'a closing quote');
    name += match(scanner, /["\\]/y) ?? fail(scanner, '\\" or \\\\ after the backslash');
  }
  if (name !== '') return name;
  throw problem({ ...scanner, offset: start }, 'expected an event name, got an empty one');
}

/** No period has a comma, but operands of a call are followed by one. */
const PERIOD = /[^\s~&^|()"@,]+/y;
const CURRENT = /^(year|quarter|month|week|day|hour)(?:-(\d{1,8}))?$/;
const PERIODS = '2026, 2026-Q4, 2026-11, 2026-W47, 2026-11-22, 2026-11-22T13, day-1';

function parsePeriod(scanner: Scanner): QueryPeriod {
  const start = scanner.offset;
  const text =
    match(scanner, PERIOD) ?? fail(scanner, 'a period such as 2026-11, week, day-1 or unique after "@"');
  if (text === 'unique' || text === '{period}') return text;
  const dots = text.indexOf('..');
  if (dots < 0) return parseSinglePeriod(scanner, start, text, `${PERIODS} or unique`);
  const end = start + dots + 2;
  const ends = `${PERIODS} on each side of ".."`;
  const from = parseSinglePeriod(scanner, start, text.slice(0, dots), ends);
  const to = parseSinglePeriod(scanner, end, text.slice(dots + 2), ends);
  if (isReversed(from, to)) {
    throw problem({ ...scanner, offset: end }, `expected a range that ends after it starts, got ${text}`);
  }
  return Object.freeze({ from, to });
}

function parseSinglePeriod(
  scanner: Scanner,
  offset: number,
  text: string,
  expected: string,
): Period | CurrentPeriod {
  const current = CURRENT.exec(text);
  if (current !== null) {
    return Object.freeze({ unit: current[1] as PeriodUnit, back: Number(current[2] ?? 0) });
  }
  try {
    return Period.parse(text);
  } catch (error) {
    const at = { ...scanner, offset };
    if (error instanceof RangeError) throw problem(at, `${error.message} in ${JSON.stringify(text)}`);
    if (!(error instanceof SyntaxProblem)) throw error;
    throw problem(at, `expected a period such as ${expected}, got ${JSON.stringify(text)}`);
  }
}

/** Whether a range is empty at any time; of current periods of different units, that may change. */
function isReversed(from: Period | CurrentPeriod, to: Period | CurrentPeriod): boolean {
  if (from instanceof Period) return to instanceof Period && to.endHour <= from.startHour;
  return !(to instanceof Period) && from.unit === to.unit && to.back > from.back;
}

function take(scanner: Scanner, sign: string, afterSpace = true): boolean {
  if (afterSpace) skipSpace(scanner);
  if (scanner.text[scanner.offset] !== sign) return false;
  scanner.offset++;
  return true;
}

function match(scanner: Scanner, sticky: RegExp): string | undefined {
  sticky.lastIndex = scanner.offset;
  const found = sticky.exec(scanner.text)?.[0];
  scanner.offset += found?.length ?? 0;
  return found;
}

function skipSpace(scanner: Scanner): void {
  match(scanner, /\s+/y);
}

function fail(scanner: Scanner, expected: string): never {
  throw unexpected(scanner, expected);
}

function unexpected(scanner: Scanner, expected: string): SyntaxProblem {
  const point = scanner.text.codePointAt(scanner.offset);
  const got = point === undefined ? 'the end of the expression' : JSON.stringify(String.fromCodePoint(point));
  return problem(scanner, `expected ${expected}, got ${got}`);
}

function problem({ text, offset }: Scanner, message: string): SyntaxProblem {
  return new SyntaxProblem(message, text, offset);
}

/** An operand, in parentheses if it binds no stronger than its surroundings. */
function formatOperand(node: QueryNode, level: number): string {
  const text = formatQuery(node);
  const own = JOINS.findIndex(({ op }) => op === node.op);
  return own >= 0 && own < level ? `(${text})` : text;
}

/** The name of an event as expression texts have it. */
export function formatName(name: string): string {
  BARE.lastIndex = 0;
  if (BARE.exec(name)?.[0] === name) return name;
  return `"${name.replace(/["\\]/g, '\\$&')}"`;
}

function formatPeriod(period: QueryPeriod): string {
  if (period instanceof Period || typeof period === 'string') return String(period);
  if ('from' in period) return `${formatPeriod(period.from)}..${formatPeriod(period.to)}`;
  return period.back === 0 ? period.unit : `${period.unit}-${period.back}`;
}
