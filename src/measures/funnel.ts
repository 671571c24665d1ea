import { describe } from '../base/errors.js';
import type { Measure } from './measure.js';
import type { Path } from './path.js';
import { checkCells, checkCount, type Range, type RangeArguments, rangeFields, readRange } from './range.js';
import { askSteps, askTimes } from './steps.js';

/** What a funnel is made of; its range are the periods in which people may enter. */
export interface FunnelArguments extends RangeArguments {
  /** Names of events or segments, 2 to 20, in the order in which people take them; whoever does the first enters. */
  readonly steps: readonly string[];
  /** How many periods after the one of entry the steps may be taken in, 0 to 1,000 (default 7). */
  readonly window?: number | undefined;
  /**
   * Whether a step counts in the period of the step before it: `allow` (default), whichever of the two came first, or only
   * `later`. The truth lies between both.
   */
  readonly same?: 'allow' | 'later' | undefined;
  /** How many reached each step (`counts`, default), or after how many periods (`times`). */
  readonly show?: 'counts' | 'times' | undefined;
}

const MAX_STEPS = 20;
const MAX_WINDOW = 1000;
const DEFAULT_WINDOW = 7;
/** Every entry needs as many sets as there are steps and periods in its window: more of them take seconds to plan. */
const MAX_SETS = 100_000;

/** Who did one event after another, within so many periods. */
export const funnel: Measure<FunnelArguments> = {
  name: 'funnel',
  title: 'Funnel',
  help: 'how many of those who did an event went on to further ones, step by step',
  fields: [
    {
      kind: 'events',
      name: 'steps',
      label: 'Steps',
      each: 'Step',
      help: 'events in the order in which they are to be done',
      group: 'People who did, one after the other',
      least: 2,
      most: MAX_STEPS,
      ordered: true,
    },
    {
      kind: 'number',
      name: 'window',
      label: 'Within periods',
      help: 'how many periods after that of the first step the others may be done in',
      group: 'And did so',
      optional: true,
      default: DEFAULT_WINDOW,
      least: 0,
      most: MAX_WINDOW,
      suggestions: [0, 1, 3, 7, 14, 30],
    },
    {
      kind: 'choice',
      name: 'same',
      label: 'Each step',
      help: 'whether a step counts in the period of the one before, whichever came first, or only later',
      group: 'And did so',
      optional: true,
      default: 'allow',
      choices: { allow: 'in the same period too', later: 'only later' },
    },
    ...rangeFields('First step done in'),
    {
      kind: 'choice',
      name: 'show',
      label: 'Numbers',
      help: 'how many reached each step, or after how many periods',
      group: 'Shown as',
      optional: true,
      default: 'counts',
      choices: { counts: 'people per step', times: 'time to convert' },
    },
  ],
  rows: {
    args: { show: 'counts' },
    layout: 'steps',
    of: ({ rows, columns }) =>
      columns.map(({ label }, at) => ({ step: at + 1, event: label, count: rows[0]!.cells[at]!.count })),
  },
  complete(args) {
    const { timeGroup = 'days', numResults = 12 } = args;
    const { path, same, show } = readFunnel(args);
    checkCells(numResults, path.steps.length);
    return { ...args, timeGroup, numResults, window: path.window, same, show };
  },
  ask(args, scope) {
    const { path, show } = readFunnel(args);
    checkPath(path);
    const range = readRange(args, scope);
    checkSets(path, range);
    return (show === 'times' ? askTimes : askSteps)(path, range, scope);
  },
};

/** The arguments with their defaults. @throws RangeError for what is unknown, not whole or out of range */
function readFunnel(args: Partial<FunnelArguments>) {
  const { steps = [], window = DEFAULT_WINDOW, same = 'allow', show = 'counts' } = args;
  checkCount('window', window, 0, MAX_WINDOW);
  if (same !== 'allow' && same !== 'later') {
    throw new RangeError(`expected "allow" or "later" for steps in the same period, got ${describe(same)}`);
  }
  if (show !== 'counts' && show !== 'times') {
    throw new RangeError(`expected "counts" or "times" to show, got ${describe(show)}`);
  }
  const path: Path = { steps, window, isLater: same === 'later' };
  return { path, same, show } as const;
}

/** Refuses what bitmaps cannot know. */
function checkPath({ steps, window, isLater }: Path): void {
  if (steps.length < 2 || steps.length > MAX_STEPS) {
    throw new RangeError(`expected 2 to ${MAX_STEPS} steps of a funnel, got ${steps.length}`);
  }
  const repeated = steps.find((step, at) => steps.indexOf(step) < at);
  if (repeated !== undefined) {
    throw new RangeError(
      `expected every step of a funnel once, got ${JSON.stringify(repeated)} again: a bitmap knows whether somebody did an event in a period, not how often`,
    );
  }
  if (isLater && window < steps.length - 1) {
    throw new RangeError(
      `expected a window of at least ${steps.length - 1} for ${steps.length} steps, each in a later period than the one before, got ${window}; bitmaps know no order within a period, but steps may share one if that is allowed`,
    );
  }
}

function checkSets({ steps, window }: Path, { periods }: Range): void {
  const sets = periods.length * (window + 1) * (steps.length - 1);
  if (sets <= MAX_SETS) return;
  throw new RangeError(
    `expected a funnel of at most ${MAX_SETS} sets, got ${sets}: numResults × (window + 1) × steps after the first, ${periods.length} × ${window + 1} × ${steps.length - 1}`,
  );
}
