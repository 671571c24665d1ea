import { rgb } from 'd3-color';

/** Contrast of two opaque colours by WCAG 2.2, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter! + 0.05) / (darker! + 0.05);
}

/** What a translucent colour looks like on an opaque one. */
export function blend(color: string, background: string): string {
  const [top, below] = [rgb(color), rgb(background)];
  // Nothing at all has no channels.
  if (top.opacity === 0) return background;
  const mix = (channel: 'r' | 'g' | 'b'): number =>
    top[channel] * top.opacity + below[channel] * (1 - top.opacity);
  return rgb(mix('r'), mix('g'), mix('b')).toString();
}

function luminance(color: string): number {
  const { r, g, b } = rgb(color);
  const [red, green, blue] = [r, g, b].map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
