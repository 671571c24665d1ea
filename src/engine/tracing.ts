/**
 * Tracing for those who watch: every question and every fetch is published on a tracing channel of
 * `node:diagnostics_channel`, if there is one. Without subscribers it costs nothing, and no Node module is imported.
 */

/** Published on `bitmapist-wasm:question`: something is asked of one or more expressions. */
export interface QuestionTrace {
  /** What is wanted: a number, whether there is any id, whether there is a certain one, ids, or bytes. */
  readonly question: 'count' | 'any' | 'has' | 'ids' | 'bytes';
  /** Of how many expressions. */
  readonly expressions: number;
}

/** Published on `bitmapist-wasm:fetch`: a store is asked for stretches of bitmaps. */
export interface FetchTrace {
  /** One per stretch. */
  readonly keys: readonly string[];
  /** Of all stretches together. */
  readonly bytes: number;
}

interface TracingChannel {
  readonly hasSubscribers?: boolean;
  tracePromise<T>(run: () => Promise<T>, context: object): Promise<T>;
}

interface NodeProcess {
  getBuiltinModule?(name: string): { tracingChannel?(name: string): TracingChannel } | undefined;
}

export function traceQuestion<T>(context: QuestionTrace, ask: () => Promise<T>): Promise<T> {
  return trace(QUESTIONS, context, ask);
}

/** A question whose answer comes in parts; it ends with the last one, or when the asker wants no more. */
export function traceStream<T, R>(
  context: QuestionTrace,
  stream: AsyncGenerator<T, R, undefined>,
): AsyncGenerator<T, R, undefined> {
  return QUESTIONS?.hasSubscribers ? tracedStream(context, stream) : stream;
}

async function* tracedStream<T, R>(
  context: QuestionTrace,
  stream: AsyncGenerator<T, R, undefined>,
): AsyncGenerator<T, R, undefined> {
  let end: () => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const answered = new Promise<void>((resolve, reject) => {
    [end, fail] = [resolve, reject];
  });
  trace(QUESTIONS, context, () => answered).catch(() => {});
  try {
    return yield* stream;
  } catch (error) {
    fail(error);
    throw error;
  } finally {
    end();
  }
}

export function traceFetch<T>(context: () => FetchTrace, fetch: () => Promise<T>): Promise<T> {
  return FETCHES?.hasSubscribers ? trace(FETCHES, context(), fetch) : fetch();
}

function trace<T>(channel: TracingChannel | undefined, context: object, run: () => Promise<T>): Promise<T> {
  return channel?.hasSubscribers ? channel.tracePromise(run, context) : run();
}

function channelOf(name: string): TracingChannel | undefined {
  const { process } = globalThis as { process?: NodeProcess };
  return process?.getBuiltinModule?.('node:diagnostics_channel')?.tracingChannel?.(name);
}

const QUESTIONS = channelOf('bitmapist-wasm:question');
const FETCHES = channelOf('bitmapist-wasm:fetch');
