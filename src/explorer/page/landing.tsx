import { useRef } from 'preact/hooks';
import prettyBytes from 'pretty-bytes';
import { plural } from '../../index.js';
import { groupDigits } from '../../report.js';
import type { LoadProgress } from '../engine/protocol.js';
import { ProblemNote } from './fields.js';
import {
  acceptPartial,
  cancelLoading,
  discardPartial,
  fileOptions,
  loadFile,
  loading,
  loadSample,
  partial,
  problem,
} from './state.js';

/** Where a file comes in, and how far it is. */
export function Landing() {
  const options = fileOptions.value;
  return (
    <section class="landing">
      <h1>Look into your bitmapist data</h1>
      <p class="lead">
        Drop a Redis dump or a CSV of events anywhere on this page. It is read and counted here, in your
        browser; nothing is sent anywhere.
      </p>
      <LoadStatus />
      {!loading.value && !partial.value && (
        <div class="drop">
          <FileButton class="primary">Choose a file</FileButton>
          <p class="muted">
            <code>dump.rdb</code>, <code>dump.rdb.gz</code>, or <code>events.csv</code>,{' '}
            <code>events.csv.gz</code> with the columns user, timestamp and event
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
            <OptionBox option="hourly">Also mark the hours of a CSV</OptionBox>
            <OptionBox option="unique">Also mark the dateless flag of every event of a CSV</OptionBox>
          </details>
        </div>
      )}
      {!loading.value && !partial.value && (
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
  return (
    <>
      {problem.value && (
        <ProblemNote title="This file could not be read">{problem.value.message}</ProblemNote>
      )}
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
          <button type="button" class="primary" onClick={acceptPartial}>
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
        accept=".rdb,.csv,.gz"
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          if (file) void loadFile(file);
          currentTarget.value = '';
        }}
      />
    </>
  );
}
