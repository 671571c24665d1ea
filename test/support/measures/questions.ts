import fc from 'fast-check';
import { type Case, caseArbitrary, EVENTS, SEGMENT } from './marks.js';
import { dayOf, GROUPS, periodOf, type Question, type QuestionOf, type TimeGroup, textOf } from './sets.js';

/** Random questions of every measure, about random marks. */

export interface Asked<Name extends Question['measure']> extends Case {
  readonly question: QuestionOf<Name>;
}

const event = fc.constantFrom(...EVENTS);
/** Where a name of an event can stand, that of a segment can. */
const name = fc.oneof({ weight: 3, arbitrary: event }, { weight: 1, arbitrary: fc.constant(SEGMENT) });
const TEXTS = [
  (name: string, _: string, last: string) => `${name}@${last}`,
  (name: string, first: string, last: string) => `${name}@${first}..${last}`,
  (name: string) => `${name}@unique`,
  (name: string, first: string, last: string) => `a@${first} & ~${name}@${last}`,
  (name: string, first: string, last: string) => `b@${first} | ${name}@${last}`,
];
const few = fc.integer({ min: 0, max: 5 });
/** How long before the first period a history begins, in periods or in days. */
const history = fc.option(fc.tuple(fc.constantFrom('periods', 'days'), few), { nil: undefined });

/** How a question is made, given when it is asked. */
type Make<Name extends Question['measure']> = (asked: Case) => QuestionOf<Name>;

const MAKES: { readonly [Name in Question['measure']]: fc.Arbitrary<Make<Name>> } = {
  retention: asked(
    fc.record({
      start: name,
      return: name,
      mode: fc.constantFrom('exact', 'on-or-after', 'on-or-before', 'bracket', 'streak'),
      numOfRows: few,
      brackets: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }),
      horizon: fc.constantFrom('last', 'now'),
      entry: fc.constantFrom('every', 'first', 'c'),
      history,
    }),
    (
      { history, numOfRows, brackets, horizon, entry, mode, ...own },
      { timeGroup, startDate, numResults },
    ) => ({
      measure: 'retention',
      timeGroup,
      startDate,
      numResults,
      mode,
      entry,
      ...own,
      ...(mode === 'bracket' ? { brackets } : { numOfRows }),
      ...(mode === 'on-or-after' && { horizon }),
      ...(entry === 'first' && historyOf(own.start, timeGroup, startDate, history)),
    }),
  ),
  lifecycle: asked(
    fc.record({ event: name, created: fc.option(name, { nil: undefined }), history }),
    ({ created, history, ...own }, { timeGroup, startDate, numResults }) => ({
      measure: 'lifecycle',
      timeGroup,
      startDate,
      numResults,
      ...own,
      ...(created === undefined ? historyOf(own.event, timeGroup, startDate, history) : { created }),
    }),
  ),
  frequency: asked(fc.record({ event: name }), (own, { timeGroup, startDate, numResults }) => ({
    measure: 'frequency',
    timeGroup,
    startDate,
    numResults,
    ...own,
  })),
  ratio: asked(
    fc.record({
      event: name,
      spans: fc.constantFrom(
        { short: 'days', long: 'weeks' },
        { short: 'days', long: 'months' },
        { short: 'weeks', long: 'months' },
      ),
    }),
    ({ event, spans }, { startDate, numResults }) => ({
      measure: 'ratio',
      event,
      ...spans,
      startDate: textOf('days', dayOf(...periodOf(startDate))),
      numResults,
    }),
  ),
  rolling: asked(
    fc.record({ event: name, span: fc.integer({ min: 1, max: 9 }) }),
    (own, { timeGroup, startDate, numResults }) => ({
      measure: 'rolling',
      timeGroup,
      startDate,
      numResults,
      ...own,
    }),
  ),
  funnel: asked(
    fc.record({
      steps: fc.shuffledSubarray([...EVENTS, SEGMENT], { minLength: 2 }),
      window: few,
      same: fc.constantFrom('allow', 'later'),
    }),
    ({ window, ...own }, { timeGroup, startDate, numResults }) => ({
      measure: 'funnel',
      timeGroup,
      startDate,
      numResults,
      // Steps in later periods alone need as many.
      window: Math.max(window, own.same === 'later' ? own.steps.length - 1 : 0),
      ...own,
    }),
  ),
  overlap: asked(
    fc.tuple(
      fc.array(fc.tuple(event, few, fc.constantFrom(...TEXTS)), { minLength: 1, maxLength: 5 }),
      fc.constantFrom({}, { universe: 'a@unique | b@unique' }),
    ),
    ([sets, universe], { timeGroup, startDate }) => ({
      measure: 'overlap',
      ...universe,
      sets: [
        ...new Set(
          sets.map(([name, later, text]) => {
            const last = textOf(timeGroup, periodOf(startDate)[1] + later);
            return text(name, startDate, last);
          }),
        ),
      ],
    }),
  ),
  series: asked(
    fc.array(
      fc.constantFrom('a@{period}', 'b@{period} | c@{period}', 'a@{period} & ~b@{period}', 'b@unique'),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
    (expressions, { timeGroup, startDate, numResults }) => ({
      measure: 'series',
      timeGroup,
      startDate,
      numResults,
      expressions,
    }),
  ),
};

/** The measures that are asked. */
export const ASKED = Object.keys(MAKES) as Question['measure'][];

/** A question of a measure. */
export function questionArbitrary<Name extends Question['measure']>(name: Name): fc.Arbitrary<Asked<Name>> {
  const make: fc.Arbitrary<Make<Name>> = MAKES[name];
  return fc.tuple(make, caseArbitrary(GROUPS)).map(([make, asked]) => ({ ...asked, question: make(asked) }));
}

/** A question of each measure, all about the same marks and the same time. */
export const questionsArbitrary: fc.Arbitrary<Case & { readonly questions: readonly Question[] }> = fc
  .tuple(
    fc.tuple(...(Object.values(MAKES) as fc.Arbitrary<Make<Question['measure']>>[])),
    caseArbitrary(GROUPS),
  )
  .map(([makes, asked]) => ({ ...asked, questions: makes.map((make) => make(asked)) }));

function asked<Own, Name extends Question['measure']>(
  own: fc.Arbitrary<Own>,
  make: (own: Own, asked: Case) => QuestionOf<Name>,
): fc.Arbitrary<Make<Name>> {
  return own.map((own) => (asked: Case) => make(own, asked));
}

/** Of a segment, periods of the group that is asked about alone are known. */
function historyOf(
  event: string,
  group: TimeGroup,
  startDate: string,
  history: readonly [unit: string, back: number] | undefined,
) {
  if (history === undefined) return {};
  const [, first] = periodOf(startDate);
  const [unit, back] = history;
  if (unit === 'periods' || event === SEGMENT) return { historyStart: textOf(group, first - back) };
  return { historyStart: textOf('days', dayOf(group, first) - back) };
}
