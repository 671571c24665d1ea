import { CHARACTER } from './picture.js';

/** Where a line ends, and what it is called. */
export interface LineEnd {
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

const HEIGHT = 14;
/** Between a line and its name. */
export const NAME_GAP = 7;

/**
 * Names of lines that end beside each other, one below the other: each at its line, or as near as the others allow.
 * @returns `undefined` if there is no room for all of them between top and bottom
 */
export function spreadNames<End extends LineEnd>(
  ends: readonly End[],
  top: number,
  bottom: number,
): End[] | undefined {
  if (ends.length * HEIGHT > bottom - top) return undefined;
  const placed = [...ends].sort((a, b) => a.y - b.y);
  for (let index = 0, least = top; index < placed.length; index += 1, least += HEIGHT) {
    const each = placed[index]!;
    least = Math.max(least, each.y);
    placed[index] = { ...each, y: least };
  }
  for (let index = placed.length - 1, most = bottom; index >= 0; index -= 1, most -= HEIGHT) {
    const each = placed[index]!;
    most = Math.min(most, each.y);
    placed[index] = { ...each, y: most };
  }
  return placed;
}

/** Those names that do not overlap one before them. */
export function pickNames<End extends LineEnd>(ends: readonly End[]): End[] {
  const picked: End[] = [];
  for (const end of ends) {
    const overlaps = picked.some(
      (other) =>
        Math.abs(other.y - end.y) < HEIGHT &&
        other.x < end.x + widthOf(end) &&
        end.x < other.x + widthOf(other),
    );
    if (!overlaps) picked.push(end);
  }
  return picked;
}

function widthOf({ label }: LineEnd): number {
  return NAME_GAP + label.length * CHARACTER;
}
