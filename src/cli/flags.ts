import { parseQuery, type QueryNode } from '../index.js';
import { UsageError } from './failure.js';
import { ID } from './rows.js';

/** A column beside people: whether they are in a set. */
export interface Flag {
  /** The head of the column: what was written. */
  readonly label: string;
  readonly query: QueryNode;
}

/** Adds the flags of one `--flags`, with commas between them, to those before it: names of dateless flags, or expressions. */
export function collectFlags(text: string, previous: readonly Flag[] | undefined): Flag[] {
  const flags = [...(previous ?? [])];
  for (const part of splitParts(text)) {
    if (part === '')
      throw new UsageError(`expected names or expressions in --flags, got ${JSON.stringify(text)}`);
    const flag = readFlag(part);
    if (flags.some(({ label }) => label === flag.label)) {
      throw new UsageError(`expected each of --flags once, got ${JSON.stringify(part)} twice`);
    }
    flags.push(flag);
  }
  return flags;
}

function readFlag(text: string): Flag {
  if (text.includes('@')) return { label: text, query: parseQuery(text) };
  // Alone, a name needs no quotes; in quotes it is what expressions call it.
  if (text.startsWith('"')) {
    const query = parseQuery(`${text}@unique`);
    if (query.op === 'event') return { label: labelOf(query.event), query };
  }
  return { label: labelOf(text), query: { op: 'event', event: text, period: 'unique' } };
}

/** The column of ids has the shorter name. */
function labelOf(event: string): string {
  return event === ID ? `${event}@unique` : event;
}

/** Parts between commas that stand neither in quotes nor in parentheses, as those of `atLeast(2, a@week, b@week)` do. */
function splitParts(text: string): string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const [piece] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[^"]/gs)) {
    if (piece === '(') depth += 1;
    if (piece === ')') depth -= 1;
    if (piece === ',' && depth <= 0) parts.push('');
    else parts[parts.length - 1] += piece;
  }
  return parts.map((part) => part.trim());
}
