import type { Bitmapist, Cell, EvaluateOptions } from '../index.js';
import { type Answer, measures, type Question, questionSchema, rowsQuestion } from '../measures.js';
import { answersOf, chosenOf, questionOf, questionsOf, readSaved, withSegments } from './asking.js';
import { readJson } from './body.js';
import { asJson, csvReply, jsonReply, svgReply } from './formats.js';
import type { Frame } from './frame.js';
import { Names } from './names.js';
import { checkAuthorize, type DashboardOptions, limitsOf, pathOf } from './options.js';
import { allPage, type CellUrl, indexPage, measurePage, problemPage, savedPage } from './pages.js';
import { peopleCsv, peoplePage } from './people.js';
import { Fault, GONE, isFault, Refusal, refusalOf } from './refusal.js';
import { type Reply, refuse, respond } from './reply.js';
import { type Route, routeOf } from './route.js';
import { type Turn, Turns, waitFor } from './turns.js';

/** Answers requests. */
export type Dashboard = (request: Request) => Promise<Response>;

/**
 * Pages and an API for an app of one's own: saved questions, every measure with its form, CSV, SVG and JSON of each. Answers
 * standard requests, whatever the server: Hono, Next, Bun, Deno and workers take it as it is, `bitmapist-wasm/web/node` makes a
 * listener for Node of it. It sets no cookie, keeps nothing in the browser and loads nothing from elsewhere.
 * @throws TypeError without `authorize`; RangeError for what is no path, limit or question; SyntaxProblem for a segment that is no
 * expression
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { createDashboard } from 'bitmapist-wasm/web';
 * const bitmapist = new Bitmapist();
 * await bitmapist.markEvent('active', [7, 8], { now: '2026-11-22' });
 * const dashboard = createDashboard(bitmapist, {
 *   path: '/analytics',
 *   authorize: (request) => request.headers.get('authorization') === 'Bearer secret',
 * });
 * const url = 'http://localhost/analytics/api/ask?measure=trend&events=active&from=2026-11-22&to=2026-11-22&format=rows';
 * const response = await dashboard(new Request(url, { headers: { authorization: 'Bearer secret' } }));
 * console.log(await response.json()); // [ { period: '2026-11-22', counts: [ 2 ] } ]
 * console.log((await dashboard(new Request(url))).status); // 403
 */
export function createDashboard(bitmapist: Bitmapist, options: DashboardOptions): Dashboard {
  checkAuthorize(options.authorize);
  const site = new Site(bitmapist, options);
  return (request) => site.answer(request);
}

/** Between an authorized request and its reply. */
interface Asked {
  readonly route: Route;
  readonly frame: Frame;
  readonly fields: URLSearchParams;
  readonly request: Request;
  readonly signal: AbortSignal;
}

class Site {
  readonly #options: DashboardOptions;
  readonly #path: string;
  readonly #limits: ReturnType<typeof limitsOf>;
  readonly #bitmapist: Bitmapist;
  readonly #saved: ReadonlyMap<string, Question>;
  readonly #names: Names;
  readonly #turns: Turns;

  constructor(bitmapist: Bitmapist, options: DashboardOptions) {
    this.#options = options;
    this.#path = pathOf(options.path);
    this.#limits = limitsOf(options.limits);
    this.#bitmapist = withSegments(bitmapist, options.segments ?? {});
    this.#saved = readSaved(options.saved);
    // So that there is time left for the answer.
    const lookMs = this.#limits.milliseconds / 3;
    this.#names = new Names(this.#bitmapist, options.events, lookMs);
    this.#turns = new Turns(this.#limits.concurrency, this.#limits.milliseconds);
  }

  /** Never rejects. */
  async answer(request: Request): Promise<Response> {
    let frame: Frame | undefined;
    let turn: Turn | undefined;
    let work: Promise<Reply> | undefined;
    let isSending = false;
    try {
      const allowed = await this.#authorize(request);
      if (allowed instanceof Response) return allowed;
      if (allowed !== true) throw new Refusal(403, 'this is not for everybody');
      const { route, fields } = this.#read(request);
      frame = { title: this.#options.title ?? 'Analytics', hasSaved: this.#saved.size > 0, route };
      turn = this.#turns.begin(request.signal);
      work = this.#reply({ route, frame, fields, request, signal: turn.signal });
      const reply = await waitFor(work, turn.signal);
      const response = await respond(request, turned(reply, turn));
      isSending = typeof reply.body !== 'string' && request.method !== 'HEAD';
      return response;
    } catch (error) {
      return this.#refuse(request, turn?.signal.aborted ? turn.signal.reason : error, frame);
    } finally {
      // A store that does not hear of signals works on: its turn is not over before.
      if (!isSending) endAfter(work, turn);
      // What nobody reads must not keep a connection waiting.
      if (request.body !== null && !request.bodyUsed) request.body.cancel().catch(() => {});
    }
  }

  /** Whatever goes wrong there, the asker, who may be anybody, reads nothing of it. */
  async #authorize(request: Request): Promise<unknown> {
    try {
      return await this.#options.authorize(request);
    } catch (error) {
      throw new Fault(error);
    }
  }

  /** What a request names, if it may. */
  #read(request: Request): { route: Route; fields: URLSearchParams } {
    const { addressLength } = this.#limits;
    if (request.url.length > addressLength) {
      throw new Refusal(414, `expected an address of at most ${addressLength} characters, got a longer one`);
    }
    const { pathname, searchParams } = new URL(request.url);
    const route = routeOf(this.#path, pathname);
    if (route === undefined) throw new Refusal(404, NOTHING);
    if (route.page !== 'none' && !route.methods.includes(request.method)) {
      const allow = route.methods.join(', ');
      throw new Refusal(405, `expected ${allow}, got ${request.method}`, { allow });
    }
    // A page of another site may link here, but not load what it cannot read.
    const isForeign = request.headers.get('sec-fetch-site') === 'cross-site';
    if (isForeign && request.headers.get('sec-fetch-mode') !== 'navigate') {
      throw new Refusal(403, 'this is not for pages of other sites');
    }
    return { route, fields: searchParams };
  }

  async #reply(asked: Asked): Promise<Reply> {
    const { route, frame, fields, signal } = asked;
    switch (route.page) {
      case 'none':
        throw new Refusal(404, NOTHING);
      case 'index':
        return indexPage(frame, this.#saved);
      case 'measure':
        return this.#measure(asked);
      case 'saved':
        return this.#savedQuestion(asked);
      case 'all':
        return this.#all(asked);
      case 'people': {
        if (this.#options.people !== true) throw new Refusal(403, 'who is behind a number is not shown here');
        const options: EvaluateOptions = { signal, maxBytes: this.#limits.bytes };
        return route.format === 'csv'
          ? peopleCsv(this.#bitmapist, fields, options)
          : peoplePage(frame, this.#bitmapist, fields, options, (query) =>
              this.#names.noteQuery(query, signal),
            );
      }
      case 'ask':
        return this.#api(asked);
      case 'schema':
        return asJson(questionSchema(measures));
      case 'events':
        return asJson(await this.#names.list(signal));
    }
  }

  /** A measure: its form alone, or with the answer to what the address asks. */
  async #measure({ route, frame, fields, signal }: Asked): Promise<Reply> {
    const measure = route.measure!;
    if (route.format !== 'html') {
      return formatted(await this.#ask([questionOf(measure, fields)], signal), route, measure.name);
    }
    const offer = await this.#names.offer(signal);
    const page = { measure, offer, fields };
    if (fields.size === 0) return measurePage(frame, page, undefined);
    let chosen = chosenOf(measure, fields);
    try {
      const question = questionOf(measure, fields);
      chosen = { ...question.args, by: question.by };
      const [answer] = await this.#ask([question], signal);
      return measurePage(frame, { ...page, chosen, answer }, this.#cellUrl());
    } catch (error) {
      // What can be asked otherwise is asked again in the form.
      const refusal = refusalOf(error);
      if (signal.aborted || isFault(refusal)) throw error;
      return measurePage(frame, { ...page, chosen, refusal }, undefined);
    }
  }

  async #savedQuestion({ route, frame, fields, signal }: Asked): Promise<Reply> {
    const name = fields.get('name') ?? '';
    const question = this.#saved.get(name);
    if (question === undefined) throw new Refusal(404, `there is no saved question ${JSON.stringify(name)}`);
    const answers = await this.#ask([question], signal);
    if (route.format !== 'html') return formatted(answers, route, 'saved');
    return savedPage(frame, name, answers[0]!, this.#cellUrl());
  }

  async #all({ route, frame, signal }: Asked): Promise<Reply> {
    const questions = [...this.#saved.values()];
    const answers = questions.length === 0 ? [] : await this.#ask(questions, signal);
    if (route.format !== 'html') return formatted(answers, route, 'all');
    const named = [...this.#saved.keys()].map((name, at) => [name, answers[at]!] as const);
    return allPage(frame, new Map(named), this.#cellUrl());
  }

  async #api({ request, fields, signal }: Asked): Promise<Reply> {
    const format = fields.get('format') ?? 'tables';
    if (format !== 'tables' && format !== 'rows') {
      throw new Refusal(400, `expected the format tables or rows, got ${JSON.stringify(format)}`);
    }
    const given =
      request.method === 'POST'
        ? questionsOf(await readJson(request, this.#limits.bodyBytes, signal), this.#limits.questions)
        : [questionOf(measureOf(fields.get('measure')), fields)];
    const questions = format === 'rows' ? given.map(rowsQuestion) : given;
    return jsonReply(await this.#ask(questions, signal), format);
  }

  /** The answers, with what is to be said of names beside them. */
  async #ask(questions: readonly Question[], signal: AbortSignal): Promise<Answer[]> {
    const tables = await answersOf(this.#bitmapist, questions, this.#limits, signal);
    return Promise.all(
      questions.map(async (question, at) => {
        const notes = await this.#names.note(question, signal);
        return {
          question,
          tables: tables[at]!.map((table) => ({ ...table, notes: [...table.notes, ...notes] })),
        };
      }),
    );
  }

  /** Links of cells, if people may be shown. */
  #cellUrl(): CellUrl {
    if (this.#options.people !== true) return undefined;
    return ({ query, count, state }: Cell) => {
      if (query === undefined || count <= 0 || state === 'future' || state === 'empty') return undefined;
      const url = `people?${new URLSearchParams({ query })}`;
      // Beside the host and the path.
      return url.length < this.#limits.addressLength - ROOM ? url : undefined;
    };
  }

  #refuse(request: Request, error: unknown, frame: Frame | undefined): Promise<Response> {
    const refusal = refusalOf(error);
    if (isFault(refusal)) this.#tell(error instanceof Fault ? error.cause : error, request);
    const format = frame?.route.format ?? 'text';
    if (frame === undefined || format !== 'html' || refusal.status === GONE) {
      return refuse(request, refusal, format);
    }
    return respond(request, { ...problemPage(frame, refusal), headers: refusal.headers });
  }

  #tell(error: unknown, request: Request): void {
    try {
      if (this.#options.onError === undefined) console.error(error);
      else this.#options.onError(error, request);
    } catch {
      // Whoever listens must not decide what is answered.
    }
  }
}

const ROOM = 1024;
const NOTHING = 'there is nothing here';

function formatted(answers: readonly Answer[], { format }: Route, name: string): Reply {
  if (format === 'csv') return csvReply(answers, name);
  return format === 'svg' ? svgReply(answers) : jsonReply(answers, 'tables');
}

function measureOf(name: string | null): (typeof measures)[number] {
  const measure = measures.find((each) => each.name === name);
  if (measure !== undefined) return measure;
  const known = measures.map((each) => each.name).join(', ');
  throw new Refusal(400, `expected measure to be one of ${known}, got ${JSON.stringify(name)}`);
}

/** Ends a turn with its work, of which nobody reads what comes of it. */
function endAfter(work: Promise<Reply> | undefined, turn: Turn | undefined): void {
  if (work === undefined) turn?.end();
  work
    ?.then(({ body }) => (typeof body === 'string' || body.locked ? undefined : body.cancel()))
    .catch(() => {})
    .finally(() => turn?.end());
}

/** A reply whose turn lasts until its last byte is taken, if it is taken bit by bit, or until its time is up. */
function turned(reply: Reply, turn: Turn): Reply {
  const { body } = reply;
  if (typeof body === 'string') return reply;
  const reader = body.getReader();
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      turn.signal.addEventListener('abort', () => {
        controller.error(turn.signal.reason);
        turn.end();
        reader.cancel().catch(() => {});
      });
    },
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      turn.end();
    },
    async cancel(reason) {
      turn.end();
      await reader.cancel(reason);
    },
  });
  return { ...reply, body: stream };
}
