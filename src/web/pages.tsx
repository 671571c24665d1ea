import type { Cell } from '../index.js';
import { printable } from '../index.js';
import { type Answer, type AnyMeasure, measures, type Question } from '../measures.js';
import { renderHtmlForm, renderHtmlReport } from '../report.js';
import { withBy } from './asking.js';
import { type Frame, framed, Html } from './frame.js';
import type { Offer } from './names.js';
import type { Refusal } from './refusal.js';
import type { Reply } from './reply.js';

/** The pages: what there is, a measure with its form and answer, and saved questions. */

/** The first page: what is saved, and what can be asked. */
export function indexPage(frame: Frame, saved: ReadonlyMap<string, Question>): Reply {
  const { root } = frame.route;
  return framed(frame, undefined, () => (
    <>
      {saved.size > 0 && (
        <section aria-labelledby="saved">
          <h2 id="saved">Saved questions</h2>
          <ul class="bm-cards">
            <Card url={`${root}all`} title="Dashboard">
              All of them on one page
            </Card>
            {Array.from(saved, ([name, { measure, by }]) => (
              <Card url={`${root}saved?${new URLSearchParams({ name })}`} title={name}>
                {measure.title + (by === undefined ? '' : ` by ${by.join(', ')}`)}
              </Card>
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="ask">
        <h2 id="ask">Ask</h2>
        <ul class="bm-cards">
          {measures.map((measure) => (
            <Card url={root + measure.name} title={measure.title}>
              {sentence(measure.help)}
            </Card>
          ))}
        </ul>
      </section>
    </>
  ));
}

/** What is asked of a measure, and what came of it. */
export interface MeasurePage {
  readonly measure: AnyMeasure;
  readonly offer: Offer;
  /** As its address has it. */
  readonly fields: URLSearchParams;
  /** What the form shows; nothing if the address makes no sense. */
  readonly chosen?: Readonly<Record<string, unknown>> | undefined;
  readonly answer?: Answer | undefined;
  readonly refusal?: Refusal | undefined;
}

/** A measure: its form, and below it the answer. */
export function measurePage(frame: Frame, page: MeasurePage, cellUrl: CellUrl): Reply {
  const { measure, offer, fields, chosen, answer, refusal } = page;
  return framed(
    frame,
    measure.title,
    (nonce) => (
      <>
        <p class="bm-lead">{sentence(measure.help)}</p>
        <Html class="bm-ask">
          {renderHtmlForm(withBy(measure), {
            actionUrl: measure.name,
            events: offer.events,
            eventsOf: { by: offer.groups },
            chosen,
            inlineStyle: false,
            nonce,
          })}
        </Html>
        {offer.isNone && (
          <p class="bm-lead">There are no events here yet. What is marked shows up within a minute.</p>
        )}
        {refusal !== undefined && <Problem>{refusal.message}</Problem>}
        {answer !== undefined && (
          <Tables answer={answer} address={measure.name} query={fields} cellUrl={cellUrl} />
        )}
      </>
    ),
    refusal?.status,
  );
}

/** One saved question. */
export function savedPage(frame: Frame, name: string, answer: Answer, cellUrl: CellUrl): Reply {
  const query = new URLSearchParams({ name });
  return framed(frame, name, () => (
    <>
      <p class="bm-lead">{sentence(answer.question.measure.help)}</p>
      <Tables answer={answer} address="saved" query={query} cellUrl={cellUrl} />
    </>
  ));
}

/** All saved questions. */
export function allPage(frame: Frame, answers: ReadonlyMap<string, Answer>, cellUrl: CellUrl): Reply {
  return framed(frame, 'Dashboard', () => (
    <>
      {answers.size === 0 && <p class="bm-lead">There are no saved questions.</p>}
      <div class="bm-tiles">
        {Array.from(answers, ([name, answer], at) => (
          <section aria-labelledby={`question-${at}`}>
            <h2 id={`question-${at}`}>
              <a href={`saved?${new URLSearchParams({ name })}`}>{printable(name)}</a>
            </h2>
            {answer.tables.map((table) => (
              <Html>{renderHtmlReport(table, { inlineStyle: false, cellUrl })}</Html>
            ))}
          </section>
        ))}
      </div>
      <p class="bm-export">
        <a href="all.csv">CSV</a>
        <a href="all.json">JSON</a>
      </p>
    </>
  ));
}

/** A page that says why there is no other. */
export function problemPage(frame: Frame, { status, message }: Refusal): Reply {
  return framed(frame, 'No answer', () => <Problem>{message}</Problem>, status);
}

/** Where the people of a cell are shown. */
export type CellUrl = ((cell: Cell) => string | undefined) | undefined;

interface TablesProps {
  readonly answer: Answer;
  /** Of this page, without a format. */
  readonly address: string;
  readonly query: URLSearchParams;
  readonly cellUrl: CellUrl;
}

function Tables({ answer: { tables }, address, query, cellUrl }: TablesProps) {
  const formats = tables.length === 1 ? ['csv', 'svg', 'json'] : ['csv', 'json'];
  return (
    <>
      {tables.map((table) => (
        <Html class="bm-answer">{renderHtmlReport(table, { inlineStyle: false, cellUrl })}</Html>
      ))}
      <p class="bm-export">
        {formats.map((format) => (
          <a href={`${address}.${format}?${query}`}>{format.toUpperCase()}</a>
        ))}
      </p>
    </>
  );
}

/** Half a sentence of a command's help, or what is wrong, as it begins a paragraph. */
function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function Problem({ children }: { children: string }) {
  return (
    <p class="bm-problem" role="alert">
      {sentence(children)}
    </p>
  );
}

function Card({ url, title, children }: { url: string; title: string; children: string }) {
  return (
    <li>
      <a href={url}>
        <b>{printable(title)}</b>
        {printable(children)}
      </a>
    </li>
  );
}
