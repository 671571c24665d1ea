import { useRef, useState } from 'preact/hooks';
import { plural } from '../../index.js';
import { formatForm, parseQuestion, type QuestionDocument } from '../../measures.js';
import { viewTable } from '../../report.js';
import { MEASURES } from '../engine/measures.js';
import type { DashboardAnswer, DashboardView } from '../engine/protocol.js';
import { useAnswer } from './answer.js';
import { BY } from './by.js';
import { duration } from './duration.js';
import { ProblemNote } from './fields.js';
import { forget, isStored, keep, kept, keptJson, move } from './kept.js';
import { Picture } from './picture.js';
import { readQuestions } from './question.js';
import { hrefOf } from './route.js';
import { SaveButton } from './save.js';
import { announcement } from './state.js';

/** The questions that the reader has kept, with their answers of today. */
export function Dashboard() {
  const questions = kept.value;
  const { answer, problem, isPending } = useAnswer(
    'dashboard',
    questions.length === 0 ? undefined : questions,
    describe,
  );
  // Until the answers of these questions are there, those of others would stand below the wrong heads.
  const answers = answer?.answers.length === questions.length ? answer.answers : [];
  return (
    <>
      <section class="card">
        <div class="controls">
          <LoadButton />
          <SaveButton
            name="dashboard.json"
            type="application/json"
            isDisabled={questions.length === 0}
            make={keptJson}
          >
            Save as JSON
          </SaveButton>
          {answer && questions.length > 0 && (
            <span class="muted">
              {questions.length} {plural(questions.length, 'question')} in {duration(answer.milliseconds)}
            </span>
          )}
        </div>
        {!isStored.value && (
          <p class="warning">This browser keeps nothing for the page: save the dashboard before you leave.</p>
        )}
        {questions.length === 0 && (
          <p class="empty">
            Nothing is kept here yet. Ask something, as on the page{' '}
            <a href={hrefOf(MEASURES[0]!.name)}>{MEASURES[0]!.title}</a>, and press “Keep on the dashboard”.
          </p>
        )}
      </section>
      {problem && <ProblemNote title="This could not be computed">{problem.message}</ProblemNote>}
      <div class="dashboard" aria-busy={isPending}>
        {questions.map((question, at) => (
          <KeptCard
            key={JSON.stringify(question)}
            question={question}
            at={at}
            count={questions.length}
            answer={answers[at]}
          />
        ))}
      </div>
    </>
  );
}

interface KeptCardProps {
  readonly question: QuestionDocument;
  readonly at: number;
  readonly count: number;
  readonly answer: DashboardAnswer | undefined;
}

function KeptCard({ question, at, count, answer }: KeptCardProps) {
  const { title, address } = placeOf(question);
  const tables = answer !== undefined && 'tables' in answer ? answer.tables : [];
  const about = tables[0] === undefined ? '' : viewTable(tables[0]).title;
  const name = about === '' ? title : `${title}: ${about}`;
  const shift = (by: number): void => {
    move(at, by);
    announcement.value = `${name} is number ${at + by + 1} of ${count}`;
  };
  return (
    <section class="card" aria-label={`${at + 1}. ${name}`}>
      <header>
        <h2>{address === undefined ? title : <a href={address}>{title}</a>}</h2>
        <span class="tools">
          <button type="button" aria-label={`Move ${name} up`} disabled={at === 0} onClick={() => shift(-1)}>
            ↑
          </button>
          <button
            type="button"
            aria-label={`Move ${name} down`}
            disabled={at === count - 1}
            onClick={() => shift(1)}
          >
            ↓
          </button>
          <button type="button" aria-label={`Remove ${name}`} onClick={() => forget(question)}>
            ×
          </button>
        </span>
      </header>
      {answer !== undefined && 'problem' in answer && (
        <ProblemNote title="This could not be computed">{answer.problem.message}</ProblemNote>
      )}
      {tables.map((table) => (
        <Picture key={table.title} table={table} />
      ))}
    </section>
  );
}

/** What a question is called, and where it can be asked anew; it may have been written elsewhere, and be none. */
function placeOf(document: QuestionDocument): { readonly title: string; readonly address?: string } {
  try {
    const { measure, args, by = [], segments = {} } = parseQuestion(document);
    const own = Object.entries(segments).map((segment) => ['segment', segment.join('=')]);
    const params = formatForm(measure, args);
    for (const text of by) params.append(BY.name, text);
    const address = hrefOf(measure.name, params);
    const more = new URLSearchParams(own).toString();
    return { title: measure.title, address: more === '' ? address : `${address}&${more}` };
  } catch {
    return { title: String(document.measure) };
  }
}

/** Adds the questions of a file. */
function LoadButton() {
  const input = useRef<HTMLInputElement>(null);
  const [failure, setFailure] = useState('');
  const load = async (file: File): Promise<void> => {
    try {
      keep(readQuestions(await file.text()));
      setFailure('');
    } catch (error) {
      setFailure(`${file.name}: ${(error as Error).message}`);
    }
  };
  return (
    <>
      <button type="button" onClick={() => input.current?.click()}>
        Add from JSON
      </button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="Questions"
        accept=".json"
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          if (file) void load(file);
          currentTarget.value = '';
        }}
      />
      {failure && (
        <span role="alert" class="warning">
          {failure}
        </span>
      )}
    </>
  );
}

function describe({ answers }: DashboardView): string {
  return `${answers.length} ${plural(answers.length, 'question')} answered`;
}
