import type { Expression } from './expression.js';
import { clip, containerPieces, type IdRange, type Piece } from './pieces.js';
import { checkEvaluateOptions, type Question, type WindowedOptions, withQuestion } from './question.js';
import { lastId, openRange, piecesOf } from './stretches.js';
import { traceQuestion } from './tracing.js';

/** Who is at which place of a set, if its ids stand in their order. Read up to where the answer is, in bounded memory. */

export const ALL_IDS: IdRange = { first: 0, last: 2 ** 32 - 1 };

/** A part of a set: of its ids in a range, those behind the first `offset`, at most `limit` of them. */
export interface Selection {
  readonly range: IdRange;
  readonly offset: number;
  readonly limit: number;
}

/** Ids of a selection, and whether there are more behind them. */
export interface IdPage {
  readonly ids: Uint32Array<ArrayBuffer>;
  readonly hasMore: boolean;
}

/** How many ids a set has in a range. */
export async function countIn(
  expression: Expression,
  range: IdRange,
  options: WindowedOptions,
): Promise<number> {
  return traceQuestion({ question: 'count', expressions: 1 }, async () => {
    let count = 0;
    await scan(expression, options, range, Number.POSITIVE_INFINITY, (piece) => {
      count += piece.count;
      return false;
    });
    return count;
  });
}

/** The ids of a selection, all at once. */
export async function pageIn(
  expression: Expression,
  { range, offset, limit }: Selection,
  options: WindowedOptions,
): Promise<IdPage> {
  return traceQuestion({ question: 'ids', expressions: 1 }, async () => {
    const parts: Uint32Array[] = [];
    let before = offset;
    let missing = limit + 1;
    await scan(expression, options, range, leastBytes(offset, limit), (piece) => {
      const { count } = piece;
      if (count <= before) {
        before -= count;
        return false;
      }
      const part = piece.ids().subarray(before, before + missing);
      before = 0;
      missing -= part.length;
      parts.push(part);
      return missing === 0;
    });
    const found = limit + 1 - missing;
    const ids = new Uint32Array(Math.min(found, limit));
    let length = 0;
    for (const part of parts) {
      const fitting = part.subarray(0, ids.length - length);
      ids.set(fitting, length);
      length += fitting.length;
    }
    return { ids, hasMore: found > limit };
  });
}

/** The smallest and the largest id; `undefined` of an empty set. */
export async function endsOf(expression: Expression, options: WindowedOptions): Promise<IdRange | undefined> {
  return traceQuestion({ question: 'ids', expressions: 1 }, () =>
    withQuestion([expression], checkEvaluateOptions(options), async (question) => {
      const kept = piecesInMemory(question, ALL_IDS);
      if (kept !== undefined) {
        let first: number | undefined;
        let last: Piece | undefined;
        for (const piece of kept) {
          first ??= piece.ids()[0]!;
          last = piece;
        }
        return first === undefined ? undefined : { first, last: last!.ids().at(-1)! };
      }
      const open = await openRange(question, ALL_IDS);
      for await (const piece of piecesOf(question, open, 0)) {
        if (piece.count === 0) continue;
        const first = piece.ids()[0]!;
        return { first, last: (await lastId(question, open.plan, first)) ?? first };
      }
      return undefined;
    }),
  );
}

/** All ids of a set, piece by piece. */
export async function eachId(
  expression: Expression,
  options: WindowedOptions,
  take: (ids: Uint32Array<ArrayBuffer>) => void,
): Promise<void> {
  await traceQuestion({ question: 'ids', expressions: 1 }, () =>
    scan(expression, options, ALL_IDS, Number.POSITIVE_INFINITY, (piece) => {
      take(piece.ids());
      return false;
    }),
  );
}

/** Bytes that so many ids take at least: a set that has every id there is. */
export function leastBytes(offset: number, limit: number): number {
  return (offset + limit) / 8;
}

/** Hands out the pieces that have ids, ascending, until enough was taken. */
async function scan(
  expression: Expression,
  options: WindowedOptions,
  range: IdRange,
  least: number,
  take: (piece: Piece) => boolean,
): Promise<void> {
  await withQuestion([expression], checkEvaluateOptions(options), async (question) => {
    const kept = piecesInMemory(question, range);
    // No waiting here: a write would move what the pieces show.
    for (const piece of kept ?? []) if (piece.count > 0 && take(piece)) return;
    if (kept !== undefined || range.first > range.last) return;
    for await (const whole of piecesOf(question, await openRange(question, range), least)) {
      const piece = clip(whole, range);
      if (piece.count > 0 && take(piece)) return;
    }
  });
}

/** The pieces of a set that is a single bitmap in memory. */
function piecesInMemory(
  { parts, operands, kernel, signal, windowBytes }: Question,
  range: IdRange,
): Iterable<Piece> | undefined {
  signal?.throwIfAborted();
  const [bitmap] = operands.bitmaps;
  const isSingle = parts.parts[parts.roots[0]!]!.kind === 'bitmap';
  return isSingle && bitmap !== undefined && windowBytes === undefined
    ? containerPieces(bitmap, range, kernel)
    : undefined;
}
