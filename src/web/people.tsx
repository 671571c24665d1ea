import { type Bitmapist, type EvaluateOptions, type EventSet, plural, printable } from '../index.js';
import { joinFlags, pageOf } from '../people.js';
import { groupDigits, toCsv } from '../report.js';
import { attachment } from './formats.js';
import { type Frame, framed } from './frame.js';
import { Refusal } from './refusal.js';
import type { Reply } from './reply.js';

/** Who is behind a number: how many, some of them, and all as CSV. */

/** People on a page. */
const PAGE = 200;

/**
 * Some of the people of an expression.
 * @param note finds what is to be said of the names in it
 */
export async function peoplePage(
  frame: Frame,
  bitmapist: Bitmapist,
  fields: URLSearchParams,
  options: EvaluateOptions,
  note: (query: string) => Promise<readonly string[]>,
): Promise<Reply> {
  const query = queryOf(fields);
  const set = bitmapist.query(query);
  const count = await set.count(options);
  const notes = await note(query);
  const { ids, hasMore } = await pageOf(set, { ...options, after: afterOf(fields), limit: PAGE });
  const texts = (await bitmapist.people?.textsOf(ids, { signal: options.signal })) ?? [];
  const more = new URLSearchParams({ query, after: String(ids.at(-1)) });
  return framed(frame, `${groupDigits(count)} ${plural(count, 'person', 'people')}`, () => (
    <>
      <p class="bm-lead">
        <code>{printable(query)}</code>
      </p>
      {notes.map((each) => (
        <p class="bm-muted">{printable(each)}</p>
      ))}
      <ul class={`bm-people${texts.length > 0 ? ' bm-named' : ''}`}>
        {Array.from(ids, (id, at) => (
          <li>{printable(texts[at] ?? String(id))}</li>
        ))}
      </ul>
      {(hasMore || fields.has('after')) && (
        <p class="bm-more">
          {fields.has('after') && (
            <>
              <a href={`people?${new URLSearchParams({ query })}`}>The first {PAGE}</a>{' '}
            </>
          )}
          {hasMore && <a href={`people?${more}`}>The next {PAGE}</a>}
        </p>
      )}
      <p class="bm-export">
        <a href={`people.csv?${new URLSearchParams({ query })}`}>All of them as CSV</a>
      </p>
    </>
  ));
}

/** All of them, a page at a time, as fast as they are read. */
export async function peopleCsv(
  bitmapist: Bitmapist,
  fields: URLSearchParams,
  options: EvaluateOptions,
): Promise<Reply> {
  const set = bitmapist.query(queryOf(fields));
  const lines = bitmapist.people === undefined ? csvOfIds(set, options) : csvOfTexts(set, options);
  // What fails before the first people is answered with what is wrong.
  const head = await lines.next();
  let next = await lines.next();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(head.value!));
    },
    async pull(controller) {
      if (next.done) return controller.close();
      controller.enqueue(encoder.encode(next.value));
      next = await lines.next();
    },
    async cancel() {
      await lines.return();
    },
  });
  return { type: 'csv', body, headers: attachment('people.csv') };
}

async function* csvOfIds(set: EventSet, options: EvaluateOptions): AsyncGenerator<string, void> {
  yield HEAD;
  for await (const { ids } of joinFlags(set, [], options)) {
    if (ids.length > 0) yield `${ids.join(CRLF)}${CRLF}`;
  }
}

async function* csvOfTexts(set: EventSet, options: EvaluateOptions): AsyncGenerator<string, void> {
  yield HEAD;
  for await (const page of set.people(options)) {
    for (let at = 0; at < page.length; at += LINES) {
      yield toCsv(page.slice(at, at + LINES).map((person) => [person]));
    }
  }
}

const HEAD = toCsv([['person']]);
/** Lines that are written at once. */
const LINES = 4096;

/** Between the lines of CSV. */
const CRLF = '\r\n';

function queryOf(fields: URLSearchParams): string {
  const [query, ...others] = fields.getAll('query');
  if (query !== undefined && others.length === 0) return query;
  throw new Refusal(400, `expected query once, got it ${fields.getAll('query').length} times`);
}

function afterOf(fields: URLSearchParams): number | undefined {
  const after = fields.get('after');
  if (after === null) return undefined;
  if (/^\d{1,10}$/.test(after)) return Number(after);
  throw new Refusal(400, `expected after to be an id, got ${JSON.stringify(after)}`);
}
