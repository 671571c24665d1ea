import { readFileSync } from 'node:fs';
import type { Question } from './sets.js';

/** Questions about real event data, and what `plain.py` says. */
export interface Answer {
  readonly question: Question;
  /** ISO instant as of which it is asked. */
  readonly now: string;
  readonly timeZone: string;
  /** The flag of those whom it is about, if not everybody. */
  readonly among?: string;
  /** What `--format rows` prints. */
  readonly rows: readonly unknown[];
  /** Of a funnel: per entry period and step, how many had reached it after 0, 1, … periods. */
  readonly entries?: readonly { readonly period: string; readonly reached: readonly (readonly number[])[] }[];
  /** Of a funnel: of each step but the first, how many reached it first 0, 1, … periods after they entered. */
  readonly times?: readonly (readonly number[])[];
}

export const ANSWERED = ['git_redis', 'onlineretail'] as const;

export function readAnswers(name: (typeof ANSWERED)[number]): Answer[] {
  const file = new URL(`../../measures/fixtures/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Answer[];
}

/** Shares, means and correlations to nine places, as the plain program writes them. */
export function rounded(row: object) {
  const round = (value: unknown) => (typeof value === 'number' ? Number(value.toFixed(9)) : value);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, round(value)]));
}
