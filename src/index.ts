export { type Ids, MarkBatch, type MarkMomentOptions } from './batch.js';
export { Bitmapist, type BitmapistOptions, type MarkEventOptions } from './bitmapist.js';
export type { BulkOptions, BulkProgress, BulkResult, Mark, MarkRows } from './bulk.js';
export { type CachedOptions, cached } from './cached.js';
export { Period, type PeriodUnit } from './calendar.js';
export type { CohortOptions } from './cohort/cohort.js';
export type { CellState, CohortCell, CohortRow, CohortTable, TimeGroup } from './cohort/types.js';
export {
  BitmapistError,
  BudgetError,
  FormatError,
  IncompleteMarksError,
  PartialWriteError,
  printable,
  StoreError,
  SyntaxProblem,
  WrongTypeError,
} from './errors.js';
export { EventSet, PeriodEvents, StoredEvents, UniqueEvents } from './events.js';
export type {
  BitmapExpression,
  Combination,
  CombinedExpression,
  ComplementExpression,
  Expression,
} from './expression.js';
export type { KernelChoice } from './kernel/pool.js';
export type { Kernel } from './kernel/types.js';
export { DEFAULT_PREFIX, type ParsedKey, parseKey } from './keys.js';
export type { MarkOptions } from './marks.js';
export type { Moment, TemporalLike } from './moment.js';
export {
  type CurrentPeriod,
  formatQuery,
  parseQuery,
  type QueryEvent,
  type QueryJoin,
  type QueryNode,
  type QueryNot,
  type QueryPeriod,
} from './query.js';
export type { EvaluateOptions } from './question.js';
export type { EvaluateProgress } from './runner.js';
export type { EventSource } from './source.js';
export { CachedStore, type CacheOptions, type CacheStatistics } from './store/cache.js';
export { MemoryStore } from './store/memory.js';
export type {
  BitmapReader,
  BitWrite,
  ByteRange,
  ByteRead,
  Container,
  ContainerKind,
  KeysOptions,
  PutOptions,
  RequestOptions,
  Store,
  WriteOptions,
} from './store/types.js';
export type { FetchTrace, QuestionTrace } from './tracing.js';
