import type { EventRow, EventsKind, Peek, ReadEventsOptions } from '../../csv.js';
import type { SourceFile } from './source.js';

/** What reads a file of events, bound to it. */
export interface Format {
  /** Looks at its beginning. */
  peek(options: ReadEventsOptions): Promise<Peek>;
  read(options: ReadEventsOptions): AsyncIterable<readonly EventRow[]>;
}

/** What reads a format is set up if there is a file of it. */
export async function openFormat(kind: EventsKind, file: SourceFile): Promise<Format> {
  if (kind === 'parquet') {
    const { peekParquet, readParquet } = await import('./parquet.js');
    const anywhere = await file.anywhere();
    return {
      peek: (options) => peekParquet(anywhere, options),
      read: (options) => readParquet(anywhere, options),
    };
  }
  if (kind === 'jsonl') {
    const { peekJsonLines, readJsonLines } = await import('../../jsonl.js');
    return {
      peek: (options) => peekJsonLines(file.beginning(), options),
      read: (options) => readJsonLines(file.bytes(), options),
    };
  }
  const { peekEvents, readEvents } = await import('../../csv.js');
  return {
    peek: (options) => peekEvents(file.beginning(), options),
    read: (options) => readEvents(file.bytes(), options),
  };
}
