import type { QuestionDocument } from '../measures.js';

/** What a dashboard is made with. */

/** An event that forms offer: its name, or a name with what people call it. */
export type OfferedEvent = string | { readonly name: string; readonly label: string };

/** How much a request may take. */
export interface DashboardLimits {
  /** Questions answered at once; more are told to come back (503). Default 16. */
  readonly concurrency?: number | undefined;
  /** From the request to its answer, in milliseconds; then it ends (504). Default 30,000. */
  readonly milliseconds?: number | undefined;
  /** Bytes of bitmaps that one request may read (413). Default 1 GiB. */
  readonly bytes?: number | undefined;
  /**
   * Numbers that one request may ask for, its sets and pairs, made of no more than eight times as many bitmaps (400): they are
   * planned and shown at one go, 25,000 (the default) in about a second.
   */
  readonly numbers?: number | undefined;
  /** Questions in one request (400). Default 20; saved ones are as many as there are. */
  readonly questions?: number | undefined;
  /** Bytes of the body of a request (413). Default 65,536. */
  readonly bodyBytes?: number | undefined;
  /** Characters of an address (414). Default 8192. */
  readonly addressLength?: number | undefined;
}

/** What a dashboard shows, to whom, and where. */
export interface DashboardOptions {
  /** Where it is, as requests name it: `/analytics`, or `/` for all of a server. Links are relative, so that a proxy may add to it. */
  readonly path: string;
  /**
   * Whether a request may be answered; asked for every one, before anything else is done. `false` is a 403; a response is the
   * answer, such as a redirect to a login. What it throws is a 500, of which `onError` hears. The body is not its to read.
   */
  readonly authorize: (request: Request) => boolean | Response | Promise<boolean | Response>;
  /** Above every page. Default `Analytics`. */
  readonly title?: string | undefined;
  /** What forms offer. Default: all events of the store, listed at most once a minute. */
  readonly events?: readonly OfferedEvent[] | undefined;
  /** Segments, expression texts by their names, beside those of the `Bitmapist`. */
  readonly segments?: Readonly<Record<string, string>> | undefined;
  /** Questions that are kept, as documents by their names. */
  readonly saved?: Readonly<Record<string, QuestionDocument>> | undefined;
  /** Whether it may be seen who is behind a number. Default: no. */
  readonly people?: boolean | undefined;
  /** How much a request may take. */
  readonly limits?: DashboardLimits | undefined;
  /** Hears of what failed, of which the asker reads no detail. Default: `console.error`. */
  readonly onError?: ((error: unknown, request: Request) => void) | undefined;
}

/** Limits without gaps. */
export type Limits = Readonly<Record<keyof DashboardLimits, number>>;

const DEFAULTS: Limits = {
  concurrency: 16,
  milliseconds: 30_000,
  bytes: 2 ** 30,
  numbers: 25_000,
  questions: 20,
  bodyBytes: 2 ** 16,
  addressLength: 2 ** 13,
};

/** @throws RangeError for a limit that is none */
export function limitsOf(given: DashboardLimits = {}): Limits {
  const limits = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof DashboardLimits)[]) {
    const value = given[name];
    if (value === undefined) continue;
    if (!Number.isSafeInteger(value) || value < 1 || (name === 'milliseconds' && value >= 2 ** 31)) {
      throw new RangeError(`expected the limit ${name} to be a whole number of at least 1, got ${value}`);
    }
    limits[name] = value;
  }
  return limits;
}

/** The path without slashes at its end. @throws RangeError for what is no path */
export function pathOf(path: string): string {
  if (typeof path === 'string' && path.startsWith('/') && URL.canParse(path, ORIGIN)) {
    const { origin, pathname } = new URL(path, ORIGIN);
    if (origin === ORIGIN && pathname === path) return path.replace(/\/+$/, '');
  }
  throw new RangeError(`expected a path such as "/analytics", got ${JSON.stringify(path) ?? String(path)}`);
}

/** @throws TypeError without a function that says who may ask */
export function checkAuthorize(authorize: unknown): void {
  if (typeof authorize === 'function') return;
  throw new TypeError('expected authorize, a function that says whether a request may be answered, got none');
}

const ORIGIN = 'http://localhost';
