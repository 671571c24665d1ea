/** Sources and targets that are addresses. */

export function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/**
 * An address as messages show it: without a password, which need not be well-formed, and without its query, which may hold
 * another. What may be either is left out, and so is all that follows.
 */
export function withoutPassword(url: string): string {
  if (!isUrl(url)) return url;
  const { before, query } = splitQuery(url);
  if (query.includes('@')) return url.replace(/\/\/.*/s, '//…');
  return before.replace(/\/\/(?!\/).*@/s, '//').replace(/\?.*/s, '');
}

/** A query begins with the first `?` that a parameter follows. */
export function splitQuery(url: string): { before: string; query: string } {
  const at = url.search(/\?(?:[\w-]+=|$)/);
  return at < 0 ? { before: url, query: '' } : { before: url.slice(0, at), query: url.slice(at + 1) };
}

/** A user or a password as it was before it was put in a URL; those that need not be well-formed, as they are. */
export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
