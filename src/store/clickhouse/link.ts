import { untilAborted } from '../../base/abort.js';
import { BitmapistError, StoreError } from '../../base/errors.js';
import type { RequestOptions } from '../types.js';
import type { ClickHouseClientLike, ClickHouseRequest, ClickHouseTable } from './client.js';
import type { RowName } from './keys.js';
import type { TableText } from './sql.js';

/** Statements about one table through the caller's client: parameters are added, errors told apart, answers looked at. */
export class ClickHouseLink {
  readonly table: TableText;
  readonly #client: ClickHouseClientLike;
  readonly #parameters: ClickHouseTable['parameters'];

  constructor(client: ClickHouseClientLike, { text, parameters }: ClickHouseTable) {
    this.#client = client;
    this.table = text;
    this.#parameters = parameters;
  }

  /** The table as people call it. */
  get name(): string {
    return Object.values(this.#parameters).join('.');
  }

  /** The rows of an answer, looked at no further than that they are objects. */
  async rows(
    query: string,
    parameters: Record<string, unknown>,
    options: RequestOptions | undefined,
  ): Promise<Record<string, unknown>[]> {
    const rows = await this.#send(options, async (request) => {
      const answer = await this.#client.query({ ...request(query, parameters), format: 'JSONEachRow' });
      return answer.json();
    });
    if (Array.isArray(rows) && rows.every((row) => typeof row === 'object' && row !== null)) return rows;
    throw new StoreError(`expected rows of ${this.name} from ClickHouse, got ${typeof rows}`);
  }

  /** The bytes of an answer, as they come. */
  async *bytes(
    query: string,
    parameters: Record<string, unknown>,
    options: RequestOptions | undefined,
  ): AsyncGenerator<Uint8Array, void> {
    const { stream } = await this.#send(options, (request) => this.#client.exec(request(query, parameters)));
    try {
      for await (const chunk of stream) {
        options?.signal?.throwIfAborted();
        if (!(chunk instanceof Uint8Array)) {
          throw new StoreError(`expected bytes from ClickHouse, got ${typeof chunk}`);
        }
        yield chunk;
      }
    } catch (cause) {
      throw this.#explain(cause, options);
    }
  }

  async command(
    query: string,
    parameters: Record<string, unknown>,
    options: RequestOptions | undefined,
  ): Promise<void> {
    await this.#send(options, (request) => this.#client.command(request(query, parameters)));
  }

  /** Sends rows as one insertion. */
  async insert(
    query: string,
    rows: readonly Uint8Array[],
    options: RequestOptions | undefined,
  ): Promise<void> {
    // Of Node, as the clients that take streams are.
    const { Readable } = await import('node:stream');
    await this.#send(options, async (request) => {
      const values = Readable.from(rows, { objectMode: false });
      const { stream } = await this.#client.exec({ ...request(query, {}), values });
      // Until it has been read, its connection is not free.
      for await (const _ of stream);
    });
  }

  async #send<T>(
    options: RequestOptions | undefined,
    send: (request: (query: string, parameters: Record<string, unknown>) => ClickHouseRequest) => Promise<T>,
  ): Promise<T> {
    const signal = options?.signal;
    signal?.throwIfAborted();
    const request = (query: string, parameters: Record<string, unknown>): ClickHouseRequest => ({
      query,
      query_params: { ...this.#parameters, ...parameters },
      ...(signal === undefined ? {} : { abort_signal: signal }),
    });
    try {
      return await untilAborted(signal, send(request));
    } catch (cause) {
      throw this.#explain(cause, options);
    }
  }

  #explain(cause: unknown, options: RequestOptions | undefined): unknown {
    if (options?.signal?.aborted) return options.signal.reason;
    if (cause instanceof BitmapistError) return cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new StoreError(`expected an answer of ClickHouse about ${this.name}, got an error: ${reason}`, {
      cause,
    });
  }
}

/** Names of rows as the three lists of parameters that statements take. */
export function keyParameters(names: readonly RowName[]): Record<string, string[]> {
  return {
    events: names.map(({ event }) => event),
    units: names.map(({ unit }) => unit),
    periods: names.map(({ period }) => period),
  };
}

/** Servers take 128 KiB of a parameter and 1 MiB of all, in the form in which addresses have them. */
export const MAX_PARAMETER_BYTES = 100_000;

/** How much of a parameter a name takes. */
export function parameterBytes({ event, unit, period }: RowName): number {
  return Math.max(encodeURIComponent(event).length * 2, unit.length, period.length) + QUOTES.length;
}

const QUOTES = encodeURIComponent("'',");
