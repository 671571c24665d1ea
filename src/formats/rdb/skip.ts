/** Skips whatever a layout describes, of any size, in constant memory. */

import { FormatError } from '../../base/errors.js';
import type { ByteCursor } from '../cursor.js';
import type { Layout, Part } from './layouts.js';
import { LOOKAHEAD, readLength, readStringHead } from './strings.js';

/** Where one layout stands: the next part, and how often the whole is still to come (this time included). */
interface Frame {
  readonly layout: Layout;
  next: number;
  times: number;
}

/** Skips `layout`, `times` in a row. Waits only if bytes have not arrived: most parts take no promise. */
export async function skip(cursor: ByteCursor, layout: Layout, times = 1): Promise<void> {
  const frames: Frame[] = [];
  push(frames, layout, times);
  while (frames.length > 0) {
    const frame = frames[frames.length - 1]!;
    const part = frame.layout[frame.next];
    if (part === undefined) {
      frame.next = 0;
      if (--frame.times === 0) frames.pop();
      continue;
    }
    frame.next++;
    if (cursor.available < LOOKAHEAD) await cursor.fill(LOOKAHEAD);
    const byteLength = enter(cursor, part, frames);
    if (byteLength <= cursor.available) cursor.view(byteLength);
    else await cursor.skip(byteLength);
  }
}

/** Reads the head of a part, puts what it consists of on the stack, and says how many bytes are to be passed over. */
function enter(cursor: ByteCursor, part: Part, frames: Frame[]): number {
  if (part === 'string') return readStringHead(cursor);
  if (typeof part === 'number') return part;
  const byteOffset = cursor.byteOffset;
  if (part === 'number text') {
    const length = cursor.byte();
    // 253, 254 and 255 are not-a-number and the infinities.
    return length >= 253 ? 0 : length;
  }
  const number = readLength(cursor);
  if (part === 'length') return 0;
  if (part === 'module values') {
    if (number === 0) return 0;
    const value = moduleValues[number];
    if (value === undefined)
      throw new FormatError(`expected a value of a module, got kind ${number}`, byteOffset);
    frames[frames.length - 1]!.next--;
    push(frames, value, 1);
  } else if ('choice' in part) {
    const chosen = part.choice[number];
    if (chosen === undefined) {
      throw new FormatError(`expected one of ${part.choice.length} forms, got number ${number}`, byteOffset);
    }
    push(frames, chosen, 1);
  } else {
    push(frames, part.repeat, number);
    if (part.once) push(frames, part.once, 1);
  }
  return 0;
}

/** Values of modules by kind; kind 0 is the end mark: signed, unsigned, float, double, string. */
const moduleValues: readonly (Layout | undefined)[] = [
  undefined,
  ['length'],
  ['length'],
  [4],
  [8],
  ['string'],
];

function push(frames: Frame[], layout: Layout, times: number): void {
  if (layout.length > 0 && times > 0) frames.push({ layout, next: 0, times });
}
