export {
  BitmapistError,
  BudgetError,
  FormatError,
  IncompleteMarksError,
  PartialWriteError,
  plural,
  printable,
  StoreError,
  SyntaxProblem,
  WrongTypeError,
} from './base/errors.js';
export type { ByteRange, Container, ContainerKind } from './bitmap/types.js';
export { Bitmapist, type BitmapistOptions, type MarkEventOptions } from './bitmapist.js';
export type {
  BitmapExpression,
  Combination,
  CombinedExpression,
  ComplementExpression,
  Expression,
  ThresholdExpression,
} from './engine/expression.js';
export type { EvaluateOptions, EvaluateProgress, Threads } from './engine/question.js';
export type { FetchTrace, QuestionTrace } from './engine/tracing.js';
export { type Ids, MarkBatch, type MarkMomentOptions } from './events/batch.js';
export type { BulkOptions, BulkProgress, BulkResult, Mark, MarkRows } from './events/bulk.js';
export type { Catalog, CatalogOptions, OtherKeys } from './events/catalog.js';
export type { ForgetOptions, Forgotten, ForgottenEvent } from './events/forgetting.js';
export type { EventHistory, KeyKind } from './events/history.js';
export type { MarkOptions } from './events/marks.js';
export type { KeyUnit } from './events/ordinals.js';
export {
  type CurrentPeriod,
  formatQuery,
  needsHours,
  type PeriodRange,
  parseQuery,
  type QueryEvent,
  type QueryJoin,
  type QueryNode,
  type QueryNot,
  type QueryPeriod,
  type QueryThreshold,
  queryEvents,
} from './events/query.js';
export type { Scope } from './events/scope.js';
export type { PeopleOptions } from './events/selection.js';
export { EventSet, PeriodEvents, StoredEvents, UniqueEvents } from './events/sets.js';
export type { KernelChoice } from './kernel/pool.js';
export type { Kernel } from './kernel/types.js';
export type { AskOptions } from './measures/asking.js';
export type { CohortArguments, TimeGroup } from './measures/cohort.js';
export type { Ask, Counts, Measure, MeasureScope } from './measures/measure.js';
export { DEFAULT_PREFIX, type ParsedKey, parseKey } from './names/keys.js';
export { MemoryStore } from './store/memory.js';
export type { LookupOptions, People, Person } from './store/people/types.js';
export type {
  BitmapReader,
  BitWrite,
  ByteRead,
  CountedReader,
  FingerprintKind,
  KeysOptions,
  PutOptions,
  RequestOptions,
  SetPart,
  SetQuestion,
  Store,
  WriteOptions,
} from './store/types.js';
export type { Cell, CellState, Column, Layout, Row, Table, Unit } from './tables/table.js';
export type { Moment, TemporalLike } from './time/moment.js';
export { Period, type PeriodUnit } from './time/period.js';
