/** Sources and targets that are addresses. */

export function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/** An address as messages show it. Up to the last `@`, and from a query on: passwords need not be well-formed. */
export function withoutPassword(url: string): string {
  return isUrl(url) ? url.replace(/\/\/.*@/, '//').replace(/\?.*/, '') : url;
}

/** A user or a password as it was before it was put in a URL; those that need not be well-formed, as they are. */
export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
