import { useEffect, useState } from 'preact/hooks';
import type { DatasetView, Problem } from '../engine/protocol.js';
import { useAnswer } from './answer.js';
import { Combobox } from './combobox.js';
import { completeExpression } from './completion.js';
import { useNameNotes } from './fields.js';
import { readNamed } from './named.js';
import { describePeople, People } from './people.js';
import { hrefOf, route, setParams } from './route.js';
import { SegmentForm, Segments } from './segments.js';
import { dataset, names } from './state.js';

/** Typing pauses this long before the question goes out. */
const PAUSE_MS = 150;

/** Any combination of events, counted while it is typed. */
export function ExpressionView() {
  const text = route.value.params.get('q') ?? '';
  const asked = useSettled(text);
  const named = readNamed(asked);
  const isForSegment = named?.some(({ period }) => period === '{period}') ?? false;
  const notes = useNameNotes(isForSegment ? named!.map(({ event }) => event) : []);
  const { answer, problem, isPending } = useAnswer(
    'count',
    asked.trim() === '' || isForSegment ? undefined : asked,
    describePeople,
  );
  const data = dataset.value;
  return (
    <>
      <section class="card">
        <div class="expression">
          <Combobox
            class="code"
            label="Expression"
            placeholder="signup@2026-11 & ~paid@unique"
            value={text}
            isContinuous
            suggest={(typed, caret) => {
              return completeExpression(typed, caret, names.value, data?.periods ?? []);
            }}
            onInput={(q) => setParams({ q })}
            invalid={problem?.offset !== undefined && !isUnfinished(text, problem)}
            describedBy="expression-note"
          />
          <div id="expression-note">
            {problem && asked === text && <Caret text={text} problem={problem} />}
            {isForSegment && (
              <p class="muted note">
                <code>{'{period}'}</code> is the period for which a segment is asked: give it a name.
              </p>
            )}
            {notes.map((note) => (
              <p key={note} class="warning note">
                {note}
              </p>
            ))}
          </div>
        </div>
        {answer && !problem && <People answer={answer} query={asked} isPending={isPending} />}
        {named && <SegmentForm expression={asked} />}
        {text.trim() === '' && data && <Examples data={data} />}
        <p class="muted help">
          <code>event@PERIOD</code>, where a period is <code>2026</code>, <code>2026-Q4</code>,{' '}
          <code>2026-11</code>, <code>2026-W47</code>, <code>2026-11-22</code>, <code>2026-11-22T13</code>,{' '}
          <code>unique</code>, or <code>day</code>, <code>week</code>, <code>month</code>,{' '}
          <code>quarter</code>, <code>year</code> for that of the day at the top, <code>month-1</code> for the
          one before, or a range of them: <code>active@2026-11-01..2026-11-20</code>,{' '}
          <code>active@day-6..day</code>. <code>~</code> not, <code>&</code> and, <code>^</code> either,{' '}
          <code>|</code> or, strongest first; <code>atLeast(2, …, …, …)</code> and{' '}
          <code>exactly(2, …, …, …)</code> for who is in so many. Names with spaces go in double quotes.
        </p>
      </section>
      <Segments />
    </>
  );
}

/** Whether nothing is wrong yet: the text stops before the expression does, as it does while it is typed. */
function isUnfinished(text: string, { offset = -1 }: Problem): boolean {
  return offset >= text.length;
}

/** Points at the character that the parser stumbled over. */
function Caret({ text, problem }: { readonly text: string; readonly problem: Problem }) {
  const { message, offset } = problem;
  const isCalm = isUnfinished(text, problem);
  return (
    <div class={isCalm ? 'caret calm' : 'caret'} role={isCalm ? 'status' : 'alert'}>
      {offset !== undefined && (
        <pre aria-hidden="true">
          {text.slice(0, offset)}
          <mark>{text[offset] ?? ' '}</mark>
          {text.slice(offset + 1)}
          {`\n${' '.repeat(offset)}^`}
        </pre>
      )}
      {message}
      {offset !== undefined && <span class="hidden">, at character {offset + 1}</span>}
    </div>
  );
}

function Examples({ data }: { readonly data: DatasetView }) {
  const [first] = data.examples;
  if (first === undefined) return null;
  return (
    <div class="examples">
      <h2>For example</h2>
      <ul>
        {data.examples.map((example) => (
          <li key={example}>
            <a href={hrefOf('expression', { q: example })}>
              <code>{example}</code>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A value once it has stayed the same for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
