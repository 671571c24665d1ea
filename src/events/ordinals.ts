import { Period } from '../time/period.js';
import { unitOf } from '../time/units.js';

/** Units that have keys of their own. */
export type KeyUnit = 'month' | 'week' | 'day' | 'hour';

/** A period as its unit and number: a catalogue has millions of them. */
export type Ordinal = readonly [unit: KeyUnit, number: number];

/** Units whose periods may hold all of one. */
const LONGER: Readonly<Record<KeyUnit, readonly KeyUnit[]>> = {
  hour: ['day', 'month', 'week'],
  day: ['month', 'week'],
  week: ['month'],
  month: [],
};

/** The period of an ordinal. */
export function periodOf(ordinal: Ordinal): Period;
export function periodOf(ordinal: Ordinal | undefined): Period | undefined;
export function periodOf(ordinal: Ordinal | undefined): Period | undefined {
  return ordinal && Period.at(ordinal[0], startHour(ordinal));
}

/** Longer periods, each time one or two, that together hold all of a period. */
export function holdersOf(ordinal: Ordinal): Ordinal[][] {
  return LONGER[ordinal[0]].map((unit) => {
    const { numberOf } = unitOf(unit);
    const ends = [numberOf(startHour(ordinal)), numberOf(endHour(ordinal) - 1)];
    return ends.map((number) => [unit, number]);
  });
}

/** Where a period begins, in hours since 1970. */
export function startHour([unit, number]: Ordinal): number {
  return unitOf(unit).startOf(number);
}

/** Where the next period begins. */
export function endHour([unit, number]: Ordinal): number {
  return startHour([unit, number + 1]);
}
