import { Ansis } from 'ansis';
import { BEYOND, HEAT_STEPS, type HeatColor, heatColors, lineColors } from '../tables/heat.js';

/** What a terminal can do with a text. */
export interface Paint {
  /** Whether there is more than black and white. */
  readonly hasColors: boolean;
  bold(text: string): string;
  dim(text: string): string;
  heat(text: string, step: number | undefined): string;
  /** In the colour of a line or a class of bars. */
  line(text: string, color: number): string;
}

/** @param colorDepth bits, as Node's `getColorDepth()` tells; heat needs 8 */
export function createPaint(colorDepth: number): Paint {
  if (colorDepth < 8) return { hasColors: false, bold: String, dim: String, heat: String, line: String };
  const ansi = new Ansis(colorDepth < 24 ? 2 : 3);
  const inks = colorDepth < 24 ? paletteInks(ansi) : heatColors('dark').map(trueColorInk(ansi));
  const beyond = ansi.bg(240).fg(231);
  const lines = lineColors('dark').map((color) => ansi.hex(color));
  return {
    hasColors: true,
    line: (text, color) => lines[color % lines.length]!(text),
    bold: (text) => ansi.bold(text),
    dim: (text) => ansi.dim(text),
    heat: (text, step) => {
      if (step === undefined) return text;
      if (step === BEYOND) return beyond(text);
      return inks[Math.floor((step * inks.length) / HEAT_STEPS)]!(text);
    },
  };
}

type Ink = (text: string) => string;

function trueColorInk(ansi: Ansis): (color: HeatColor) => Ink {
  return ({ background, text }) => ansi.bgHex(background).hex(text);
}

/** Blues of the 256-colour palette, from dark grey to bright: the nearest match of each true colour would be no ramp. */
function paletteInks(ansi: Ansis): Ink[] {
  const withWhiteText = [236, 17, 18, 24, 25].map((code) => ansi.bg(code).fg(231));
  const withBlackText = [31, 32, 38, 74, 117, 153].map((code) => ansi.bg(code).fg(16));
  return [...withWhiteText, ...withBlackText];
}
