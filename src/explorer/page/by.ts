import type { Field } from '../../measures.js';

/** What the answers of all measures can be broken down by: `by=pro` in the address, once for each value. */

export const BY: Field = {
  kind: 'events',
  name: 'by',
  label: 'Broken down by',
  help: 'flags or segments, or expressions, each of whose people have numbers of their own',
  optional: true,
  dateless: true,
  // As many lines as there are colours that can be told apart.
  most: 8,
};

/** What the address breaks answers down by, if by anything. */
export function readBy(params: URLSearchParams): string[] | undefined {
  const by = [...new Set(params.getAll(BY.name).filter((text) => text !== ''))];
  return by.length === 0 ? undefined : by;
}
