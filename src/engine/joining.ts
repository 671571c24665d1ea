import { CONTAINER_IDS } from '../base/limits.js';
import { combine, type Expression } from './expression.js';
import { clip } from './pieces.js';
import { checkEvaluateOptions, openQuestion, type WindowedOptions } from './question.js';
import { leastBytes, type Selection } from './ranks.js';
import { openRange, piecesOf, type WindowPiece } from './stretches.js';
import { traceStream } from './tracing.js';

/** The ids of a set beside what other sets say of them, in one pass over the distinct bitmaps. */

/** At most 65,536 ids, ascending, and a column per flag: 1 for each id that it has, 0 for the others. */
export interface JoinedIds {
  readonly ids: Uint32Array<ArrayBuffer>;
  readonly columns: readonly Uint8Array<ArrayBuffer>[];
}

/** The ids of a selection in pages, with a column per flag; a flag counts as the expression `set & flag`, as pairs do. */
export function joinedPages(
  set: Expression,
  flags: readonly Expression[],
  selection: Selection,
  options: WindowedOptions,
): AsyncGenerator<JoinedIds, void, undefined> {
  const context = { question: 'ids', expressions: 1 + flags.length } as const;
  return traceStream(context, computeJoined(set, flags, selection, options));
}

async function* computeJoined(
  set: Expression,
  flags: readonly Expression[],
  { range, offset, limit }: Selection,
  options: WindowedOptions,
): AsyncGenerator<JoinedIds, void, undefined> {
  checkEvaluateOptions(options);
  if (range.first > range.last) return;
  const joined = flags.map((flag) => combine('and', [set, flag]));
  const question = await openQuestion([set, ...joined], options);
  try {
    const open = await openRange(question, range);
    const page = new PageBuilder(flags.length);
    let before = offset;
    let missing = limit;
    for await (const piece of piecesOf(question, open, leastBytes(offset, limit))) {
      // Written out only if a part of it is wanted.
      if (before > 0 && piece.firstId >= range.first && piece.endId <= range.last) {
        const { count } = piece;
        if (count <= before) {
          before -= count;
          continue;
        }
      }
      const ids = clip(piece, range).ids();
      const wanted = ids.subarray(before, before + missing);
      before -= Math.min(before, ids.length);
      if (!page.hasRoom(wanted.length)) yield page.take();
      page.add(wanted, piece);
      missing -= wanted.length;
      if (missing === 0) break;
    }
    if (page.length > 0) yield page.take();
  } finally {
    question.operands.release();
  }
}

/** Gathers pieces, most of which are short if a set is sparse. */
class PageBuilder {
  readonly #ids = new Uint32Array(CONTAINER_IDS);
  readonly #columns: readonly Uint8Array<ArrayBuffer>[];
  length = 0;

  constructor(columns: number) {
    this.#columns = Array.from({ length: columns }, () => new Uint8Array(CONTAINER_IDS));
  }

  hasRoom(length: number): boolean {
    return this.length + length <= CONTAINER_IDS;
  }

  /** Adds ids of a piece; its other roots are the columns. */
  add(ids: Uint32Array, piece: WindowPiece): void {
    this.#ids.set(ids, this.length);
    for (const [index, column] of this.#columns.entries()) {
      piece.holdInto(column.subarray(this.length), index + 1, ids);
    }
    this.length += ids.length;
  }

  /** What was gathered, the caller's to keep; gathers anew. */
  take(): JoinedIds {
    const { length } = this;
    this.length = 0;
    return {
      ids: this.#ids.slice(0, length),
      columns: this.#columns.map((column) => column.slice(0, length)),
    };
  }
}
