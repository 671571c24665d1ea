export { noteUnknownNames } from './events/hints.js';
export {
  type FormFields,
  formatForm,
  formName,
  formText,
  parseFields,
  parseForm,
} from './measures/arguments.js';
export {
  type AskedName,
  askedNames,
  askedQueries,
  askedSegments,
  namesOfQuery,
} from './measures/asked.js';
export type { Association } from './measures/association.js';
export { type CohortArguments, cohort, type TimeGroup } from './measures/cohort.js';
export { type DashboardArguments, dashboard, type Question } from './measures/dashboard.js';
export type { EntryArguments } from './measures/entries.js';
export type { Field, FieldKind, FormNames } from './measures/field.js';
export { type FrequencyArguments, frequency } from './measures/frequency.js';
export { type FunnelArguments, funnel } from './measures/funnel.js';
export type { HistoryArguments } from './measures/history.js';
export { type LifecycleArguments, lifecycle } from './measures/lifecycle.js';
export { measures } from './measures/list.js';
export type {
  AnyMeasure,
  Ask,
  Counts,
  Measure,
  MeasureScope,
  PlainRow,
  PlainRowsOf,
} from './measures/measure.js';
export { type OverlapArguments, overlap } from './measures/overlap.js';
export { formatQuestion, parseQuestion, type QuestionDocument } from './measures/question.js';
export type { Grouping, RangeArguments } from './measures/range.js';
export { type RatioArguments, ratio } from './measures/ratio.js';
export { type RetentionArguments, retention } from './measures/retention.js';
export type { ReturnArguments, ReturnMode } from './measures/returns.js';
export { type RollingArguments, rolling } from './measures/rolling.js';
export { type Answer, type PlainTable, plainAnswers, plainRows, rowsQuestion } from './measures/rows.js';
export {
  type ArgumentsSchema,
  argumentsSchema,
  type QuestionSchema,
  questionSchema,
} from './measures/schema.js';
export { type SeriesArguments, series } from './measures/series.js';
export { type SimilarArguments, similar } from './measures/similar.js';
export { type TrendArguments, trend } from './measures/trend.js';
