import stringWidth from 'string-width';

/** Texts in terminals are as wide as their characters are shown: Chinese ones take two columns, accents none. */

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - stringWidth(text))) + text;
}
