import { describe } from '../base/errors.js';
import { isBounded } from '../engine/bounds.js';
import { combine, type Expression } from '../engine/expression.js';
import { formatQuery, MAX_QUERY_EVENTS, type QueryNode } from '../events/query.js';
import { groupDigits } from '../tables/numbers.js';
import type { Cell } from '../tables/table.js';
import { instantText } from '../time/moment.js';
import { ASSOCIATIONS, type Association, associate } from './association.js';
import { combinationsOf, intersections } from './intersections.js';
import type { Ask, Measure, MeasureScope } from './measure.js';
import { type Described, joinQueries, peopleOfText } from './people.js';

/** What overlaps. */
export interface OverlapArguments {
  /** Expression texts, 1 to 100, or 12 if all intersections are wanted. */
  readonly sets: readonly string[];
  /** An expression text of everybody who might be in the sets: nobody else is counted. `lift`, `phi` and `~` need it. */
  readonly universe?: string | undefined;
  /** What the cells of the matrix show (default `people`). */
  readonly value?: Association | undefined;
  /** Two sets at a time (`matrix`, default), or all combinations of them (`intersections`). */
  readonly show?: 'matrix' | 'intersections' | undefined;
}

const MAX_SETS = 100;
/** That is 4,095 intersections. */
const MAX_INTERSECTED = 12;

/** The sets, each within the universe if there is one. */
interface Overlapping {
  readonly texts: readonly string[];
  readonly sets: readonly Expression[];
  readonly queries: readonly QueryNode[];
  readonly universe: Described | undefined;
}

/** How many people several sets have in common. */
export const overlap: Measure<OverlapArguments> = {
  name: 'overlap',
  title: 'Overlap',
  help: 'how many people sets have in common, two at a time or in all combinations',
  fields: [
    {
      kind: 'expressions',
      name: 'sets',
      label: 'Sets',
      each: 'Set',
      help: 'expressions to compare, such as active@week',
      least: 1,
      most: MAX_SETS,
      positional: true,
    },
    {
      kind: 'expression',
      name: 'universe',
      label: 'Among (optional)',
      help: 'an expression of everybody who might be in the sets; nobody else is counted',
      optional: true,
    },
    {
      kind: 'choice',
      name: 'value',
      label: 'Cells',
      help: 'what the cells of the matrix show; lift and phi need a universe',
      group: 'Shown as',
      optional: true,
      default: 'people',
      choices: ASSOCIATIONS,
    },
    {
      kind: 'choice',
      name: 'show',
      label: 'Sets in',
      help: 'two sets at a time, or all combinations of up to 12',
      group: 'Shown as',
      optional: true,
      default: 'matrix',
      choices: { matrix: 'matrix', intersections: 'intersections' },
    },
  ],
  rows: {
    args: { show: 'intersections', value: 'people' },
    layout: 'bars',
    of: ({ rows }) =>
      rows.map(({ key, cells }) => ({
        sets: key.split(',').map(Number),
        count: cells[0]!.count,
        exclusive: cells[1]!.count,
      })),
  },
  ask(args, scope) {
    const { value, show } = readOverlap(args);
    const overlapping = readSets(args, scope);
    return show === 'matrix' ? askMatrix(overlapping, value, scope) : askIntersections(overlapping, scope);
  },
};

/** The arguments with their defaults. @throws RangeError for what is unknown or does not go together */
function readOverlap({ sets, universe, value = 'people', show = 'matrix' }: OverlapArguments) {
  if (!Object.hasOwn(ASSOCIATIONS, value)) {
    throw new RangeError(`expected people, jaccard, overlap, lift or phi as value, got ${describe(value)}`);
  }
  if (show !== 'matrix' && show !== 'intersections') {
    throw new RangeError(`expected "matrix" or "intersections" to show, got ${describe(show)}`);
  }
  const most = show === 'matrix' ? MAX_SETS : MAX_INTERSECTED;
  if (sets.length < 1 || sets.length > most) {
    const many = show === 'matrix' ? '' : ', each of which doubles the number of intersections';
    throw new RangeError(`expected 1 to ${most} sets${many}, got ${sets.length}`);
  }
  if (show === 'intersections' && value !== 'people') {
    throw new RangeError(`expected people as value of intersections, got ${value}, which two sets have`);
  }
  if ((value === 'lift' || value === 'phi') && !universe) {
    throw new RangeError(
      `expected a universe for ${value}, such as active@2026-11: it depends on how many might be in the sets`,
    );
  }
  return { value, show } as const;
}

function readSets({ sets: texts, universe: among }: OverlapArguments, scope: MeasureScope): Overlapping {
  const people = texts.map((text) => peopleOfText(scope, text));
  const universe = among ? peopleOfText(scope, among) : undefined;
  const open = people.findIndex(({ set }) => !isBounded(set));
  if (universe === undefined && open >= 0) {
    throw new RangeError(`expected a universe for ${texts[open]}, which holds everybody but some`);
  }
  if (universe !== undefined && !isBounded(universe.set)) {
    throw new RangeError(`expected people as universe, got ${among}, which holds everybody but some`);
  }
  return {
    texts,
    sets: people.map(({ set }) => (universe === undefined ? set : combine('and', [set, universe.set]))),
    queries: people.map(({ query }) => query),
    universe,
  };
}

/** Every two sets: as a symmetric matrix, but for people, who are shares of the row's set. */
function askMatrix(overlapping: Overlapping, value: Association, scope: MeasureScope): Ask {
  const { texts, sets, universe } = overlapping;
  const pairs = sets.flatMap((_, a) => sets.slice(a + 1).map((_, more) => [a, a + 1 + more] as const));
  return {
    sets: universe === undefined ? sets : [...sets, universe.set],
    pairs,
    table(counts) {
      const both = sets.map((_, at) => new Array<number>(sets.length).fill(counts.sets[at]!));
      pairs.forEach(([a, b], at) => {
        both[a]![b] = counts.pairs[at]!;
        both[b]![a] = counts.pairs[at]!;
      });
      const cellOf = (a: number, b: number): Cell => ({
        ...associate(value, {
          a: counts.sets[a]!,
          b: counts.sets[b]!,
          both: both[a]![b]!,
          universe: counts.sets[sets.length],
        }),
        query: textOf(overlapping, a === b ? [a] : [a, b]),
      });
      return {
        ...describeOverlap(overlapping, scope),
        subtitle: `${SUBTITLES[value]}${amongOf(overlapping, counts.sets[sets.length])}`,
        layout: 'matrix',
        unit: value === 'people' ? 'people' : 'ratio',
        rowHead: 'Set',
        columns: texts.map((text) => ({ key: text, label: text })),
        rows: texts.map((text, a) => ({
          key: text,
          label: text,
          size: counts.sets[a]!,
          cells: texts.map((_, b) => cellOf(a, b)),
        })),
      };
    },
  };
}

/** What follows the word of the unit. */
const SUBTITLES: Readonly<Record<Association, string>> = {
  people: "who are in the row's set and the column's",
  jaccard: 'of those in both to those in either (Jaccard)',
  overlap: 'of those in both to the smaller set (overlap coefficient)',
  lift: 'of those in both to as many as chance would have it (lift)',
  phi: 'from -1 to 1, by chance 0 (phi, the correlation)',
};

/** All combinations of sets: who is in all of them, and who in no other. */
function askIntersections(overlapping: Overlapping, scope: MeasureScope): Ask {
  const { texts, sets, universe } = overlapping;
  return {
    sets: [...intersections(sets), ...(universe === undefined ? [] : [universe.set])],
    table(counts) {
      const combinations = combinationsOf(sets.length, counts.sets);
      const inAny = combinations.reduce((sum, { exclusive }) => sum + exclusive, 0);
      const cellOf = (count: number, query: string | undefined): Cell => ({
        count,
        of: inAny,
        state: inAny === 0 ? 'empty' : 'final',
        query,
      });
      return {
        ...describeOverlap(overlapping, scope),
        subtitle: `in all sets of a combination, and in no other${amongOf(overlapping, counts.sets.at(-1))}`,
        layout: 'bars',
        unit: 'people',
        rowHead: 'Sets',
        columns: [
          { key: 'count', label: 'In all of them' },
          { key: 'exclusive', label: 'And in no other' },
        ],
        rows: combinations.map(({ members, others, count, exclusive }) => ({
          key: members.join(','),
          label: members.map((at) => texts[at]).join(' & '),
          cells: [
            cellOf(count, textOf(overlapping, members)),
            cellOf(exclusive, textOf(overlapping, members, others)),
          ],
        })),
      };
    },
  };
}

function describeOverlap({ texts }: Overlapping, { now, timeZone }: MeasureScope) {
  return {
    measure: 'overlap',
    title: texts.join(', '),
    notes: [],
    now: instantText(now, timeZone),
    timeZone,
  } as const;
}

function amongOf({ universe }: Overlapping, size = 0): string {
  return universe === undefined ? '' : ` · among the ${groupDigits(size)} of ${formatQuery(universe.query)}`;
}

/** Who is in all of some sets and in none of others, as text. */
function textOf(
  { queries, universe }: Overlapping,
  members: readonly number[],
  others: readonly number[] = [],
): string | undefined {
  const of = [
    ...members.map((at) => queries[at]!),
    ...(universe === undefined ? [] : [universe.query]),
    ...others.map((at): QueryNode => ({ op: 'not', of: queries[at]! })),
  ];
  const query = of.length === 1 ? of[0] : joinQueries('and', of, MAX_QUERY_EVENTS);
  return query && formatQuery(query);
}
