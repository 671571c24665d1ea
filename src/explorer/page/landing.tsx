import { useRef } from 'preact/hooks';
import prettyBytes from 'pretty-bytes';
import { plural } from '../../index.js';
import { groupDigits } from '../../report.js';
import type { LoadAsk, LoadProgress, Problem } from '../engine/protocol.js';
import { ProblemNote } from './fields.js';
import { EventsSoFar } from './found.js';
import { ReadingPanel } from './reading.js';
import {
  acceptPartial,
  asking,
  askReading,
  cancelLoading,
  discardPartial,
  fileOptions,
  loadFile,
  loading,
  loadSample,
  partial,
  problem,
  skipBroken,
} from './state.js';

/** Where a file comes in, and how far it is. */
export function Landing() {
  const options = fileOptions.value;
  const isWaiting = !loading.value && !partial.value && !asking.value;
  return (
    <section class="landing">
      <h1>Look into your bitmapist data</h1>
      <p class="lead">
        Drop a Redis dump or a file of events anywhere on this page. It is read and counted here, in your
        browser; nothing is sent anywhere.
      </p>
      <LoadStatus />
      {loading.value && loading.value.events.length > 0 && <EventsSoFar events={loading.value.events} />}
      {isWaiting && (
        <div class="drop">
          <FileButton class="primary">Choose a file</FileButton>
          <p class="muted">
            <code>dump.rdb</code>, or events as <code>.csv</code>, <code>.tsv</code>, <code>.jsonl</code>,{' '}
            <code>.ndjson</code> or <code>.parquet</code>; all but the last also as <code>.gz</code>
          </p>
          <details>
            <summary>Options</summary>
            <label class="field">
              <span>What keys begin with</span>
              <input
                type="text"
                value={options.prefix}
                placeholder="trackist_ or bitmapist_"
                onInput={({ currentTarget }) => {
                  fileOptions.value = { ...options, prefix: currentTarget.value };
                }}
              />
            </label>
            <OptionBox option="hourly">Also mark the hours of events</OptionBox>
            <OptionBox option="unique">Also mark the dateless flag of every event</OptionBox>
          </details>
        </div>
      )}
      {asking.value && (
        <p>
          <FileButton>Choose another file</FileButton>
        </p>
      )}
      {isWaiting && (
        <p class="lead">
          Nothing at hand?{' '}
          <button type="button" onClick={() => void loadSample()}>
            Look at a made-up app
          </button>
        </p>
      )}
    </section>
  );
}

interface OptionBoxProps {
  readonly option: 'hourly' | 'unique';
  readonly children: string;
}

function OptionBox({ option, children }: OptionBoxProps) {
  const options = fileOptions.value;
  return (
    <label class="field check">
      <input
        type="checkbox"
        checked={options[option]}
        onChange={({ currentTarget }) => {
          fileOptions.value = { ...options, [option]: currentTarget.checked };
        }}
      />
      <span>{children}</span>
    </label>
  );
}

/** What is being read, what went wrong, and what to do about it. */
export function LoadStatus() {
  const current = loading.value;
  const half = partial.value;
  const bitmaps = half?.source.datasets.reduce((sum, { bitmaps }) => sum + bitmaps, 0) ?? 0;
  const failure = problem.value;
  return (
    <>
      {failure && (
        <ProblemNote title="This file could not be read">
          <p>{failure.message}</p>
          <WaysOut ask={failure.ask} problem={failure} />
        </ProblemNote>
      )}
      {asking.value && <ReadingPanel key={asking.value.ask.name} {...asking.value} />}
      {current && (
        <div class="loading">
          <p>
            {current.isMade ? 'Making' : 'Reading'} <strong>{current.name}</strong>
          </p>
          <Progress progress={current.progress} isMade={current.isMade} />
          <button type="button" onClick={cancelLoading}>
            Cancel
          </button>
        </div>
      )}
      {half && (
        <ProblemNote title="This file could be read in part only">
          <p>{half.source.problem?.message}</p>
          <p>
            {groupDigits(bitmaps)} {plural(bitmaps, 'bitmap')} came before that.
          </p>
          <WaysOut ask={half.ask} problem={half.source.problem} />
          <button type="button" onClick={acceptPartial}>
            Look at those
          </button>{' '}
          <button type="button" onClick={discardPartial}>
            Forget them
          </button>
        </ProblemNote>
      )}
    </>
  );
}

interface WaysOutProps {
  readonly ask: LoadAsk | undefined;
  readonly problem: Problem | undefined;
}

/** What can be done about a row of a file of events that is broken, or about how it is read. */
function WaysOut({ ask, problem }: WaysOutProps) {
  const { reading, isRow, message } = problem ?? {};
  if (ask === undefined || reading === undefined) return null;
  return (
    <>
      {isRow && (
        <>
          <button type="button" class="primary" onClick={() => void skipBroken(ask)}>
            Skip broken rows
          </button>{' '}
        </>
      )}
      <button type="button" onClick={() => askReading({ ask, reading, problem: message })}>
        Change how it is read
      </button>{' '}
    </>
  );
}

interface ProgressProps {
  readonly progress: LoadProgress | undefined;
  readonly isMade: boolean;
}

function Progress({ progress, isMade }: ProgressProps) {
  const { done = 0, total, items = 0 } = progress ?? {};
  const share = total ? done / total : undefined;
  const amount = (count: number): string =>
    isMade ? groupDigits(count) : prettyBytes(count, { binary: true });
  return (
    <>
      <progress
        aria-label={isMade ? 'Making' : 'Reading'}
        max={1}
        {...(share === undefined ? {} : { value: share })}
      />
      <p class="muted">
        {amount(done)}
        {total !== undefined && ` of ${amount(total)}`}
        {isMade && ' days'}
        {items > 0 && ` · ${groupDigits(items)} read`}
      </p>
    </>
  );
}

interface FileButtonProps {
  readonly class?: string;
  readonly children: string;
}

export function FileButton({ class: name, children }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class={name} onClick={() => input.current?.click()}>
        {children}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="File"
        accept=".rdb,.csv,.tsv,.jsonl,.ndjson,.parquet,.gz"
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          if (file) void loadFile(file);
          currentTarget.value = '';
        }}
      />
    </>
  );
}
