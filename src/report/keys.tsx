import type { VNode } from 'preact';
import { PALE } from './bar.js';
import { CHARACTER, INK, MARGIN } from './picture.js';

/** What a colour stands for. */
export interface Key {
  readonly label: string;
  readonly color: string;
  /** Class of what is filled with it, so that it has another colour in the dark. */
  readonly className: string;
  /** Whether it stands for bars; otherwise for a line. */
  readonly isBar?: boolean;
  /** Whether it shows what has not ended. */
  readonly isPale?: boolean;
}

/** A key, and where it goes. */
export interface PlacedKey {
  readonly key: Key;
  readonly x: number;
  /** From 0. */
  readonly row: number;
}

export const KEY_HEIGHT = 20;
const SWATCH = 28;

/** Keys beside each other from `left` on, and below if there is no room before `right`. */
export function placeKeys(keys: readonly Key[], left: number, right: number): PlacedKey[] {
  let x = left;
  let row = 0;
  return keys.map((key) => {
    const needed = SWATCH + key.label.length * CHARACTER;
    if (x > left && x + needed > right) {
      x = left;
      row += 1;
    }
    const place = { key, x, row };
    x += needed + MARGIN;
    return place;
  });
}

/** @param y of the middle of the first row */
export function Keys({ keys, y }: { keys: readonly PlacedKey[]; y: number }): VNode {
  return (
    <>
      {keys.map(({ key: { label, color, className, isBar = false, isPale = false }, x, row }) => (
        <g>
          <rect
            class={className}
            x={x}
            y={y + row * KEY_HEIGHT - (isBar ? 5 : 1)}
            width={isBar ? 12 : 20}
            height={isBar ? 10 : 3}
            fill={color}
            {...(isPale && { stroke: color, ...PALE })}
          />
          <text class="ink" x={x + (isBar ? 18 : SWATCH)} y={y + row * KEY_HEIGHT + 4} fill={INK}>
            {label}
          </text>
        </g>
      ))}
    </>
  );
}
