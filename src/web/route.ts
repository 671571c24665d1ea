import { type AnyMeasure, measures } from '../measures.js';

/** Which page a path names, and how links are written on it. */

export type Format = 'html' | 'csv' | 'svg' | 'json';

export interface Route {
  /** `none`: no page of this dashboard, though its address is below it. */
  readonly page: 'index' | 'all' | 'saved' | 'measure' | 'people' | 'ask' | 'schema' | 'events' | 'none';
  readonly format: Format;
  readonly measure?: AnyMeasure;
  readonly methods: readonly string[];
  /** What the path of every link on the page begins with: the way to where the dashboard begins. */
  readonly root: string;
}

const READ = ['GET', 'HEAD'];

/** Formats of the pages that are not those of a measure. */
const PAGES: Readonly<Record<string, readonly Format[]>> = {
  all: ['html', 'csv', 'json'],
  saved: ['html', 'csv', 'svg', 'json'],
  people: ['html', 'csv'],
};

/**
 * @param path where the dashboard begins, without a slash at its end
 * @returns `undefined` for a path that is not the dashboard's
 */
export function routeOf(path: string, pathname: string): Route | undefined {
  if (pathname === path || pathname === `${path}/`) {
    const root = pathname.endsWith('/') ? './' : `${path.slice(path.lastIndexOf('/') + 1)}/`;
    return { page: 'index', format: 'html', methods: READ, root };
  }
  if (!pathname.startsWith(`${path}/`)) return undefined;
  const rest = pathname.slice(path.length + 1);
  const api = { format: 'json', methods: READ, root: '../' } as const;
  if (rest === 'api/ask') return { ...api, page: 'ask', methods: [...READ, 'POST'] };
  if (rest === 'api/schema') return { ...api, page: 'schema' };
  if (rest === 'api/events') return { ...api, page: 'events' };
  const [, name = '', format = 'html'] = /^([a-z]+)(?:\.(csv|svg|json))?$/.exec(rest) ?? [];
  const found = { format: format as Format, methods: READ, root: './' };
  const measure = measures.find((each) => each.name === name);
  if (measure !== undefined) return { ...found, page: 'measure', measure };
  if (!Object.hasOwn(PAGES, name) || !PAGES[name]!.includes(found.format)) return nothing(rest);
  return { ...found, page: name as 'all' | 'saved' | 'people' };
}

/** Of a person who mistook an address, a page with the way to the others; of a program, what it reads. */
function nothing(rest: string): Route {
  const root = '../'.repeat(rest.split('/').length - 1) || './';
  const format = rest.startsWith('api/') ? 'json' : 'html';
  return { page: 'none', format, methods: READ, root };
}
