import { type Expression, plural, type Table } from '../index.js';
import { type DashboardArguments, dashboard, type Measure, type MeasureScope } from '../measures.js';

/** How much one request may ask for, refused before anything is read: until it is planned and shown, nobody else is answered. */

/** For each number that may be asked for, so many bitmaps may be combined: a range of years that is asked day by day is thousands each. */
const BITMAPS_PER_NUMBER = 8;

/**
 * Questions asked as one, which together count no more than so many sets and pairs, and combine no more than eight times as many
 * bitmaps for them.
 */
export function bounded(most: number): Measure<DashboardArguments, (readonly Table[])[]> {
  return {
    ...dashboard,
    ask(args, scope) {
      const ask = dashboard.ask(args, counting(scope, most * BITMAPS_PER_NUMBER));
      const counted = ask.sets.length + (ask.pairs?.length ?? 0);
      if (counted <= most) return ask;
      throw new RangeError(
        `expected a question of at most ${most} ${plural(most, 'number')}, got one of ${counted}`,
      );
    },
  };
}

/** A scope that ends once so many bitmaps were spoken of; what is the same expression as before costs nothing. */
function counting(scope: MeasureScope, most: number): MeasureScope {
  const seen = new Set<Expression>();
  let bitmaps = 0;
  const count = (expression: Expression): Expression => {
    const open = [expression];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      if (next.kind === 'bitmap') bitmaps += 1;
      else open.push(...(next.kind === 'not' ? [next.operand] : next.operands));
    }
    if (bitmaps <= most) return expression;
    throw new RangeError(`expected a question of at most ${most} ${plural(most, 'bitmap')}, got one of more`);
  };
  return {
    timeZone: scope.timeZone,
    now: scope.now,
    get names() {
      return scope.names;
    },
    set: (...asked) => count(scope.set(...asked)),
    query: (...asked) => count(scope.query(...asked)),
    isSegment: (name) => scope.isSegment(name),
    firstPeriod: (name) => scope.firstPeriod(name),
  };
}
