/** Values of files as messages show them. */

const SHOWN_CHARACTERS = 60;

/** Text in quotes, cut short. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
}

/** Any value: text in quotes, objects as JSON, what is missing as nothing. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid date' : value.toISOString();
  return Array.isArray(value) ? 'a list' : 'an object';
}
