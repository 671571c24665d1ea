/** What a Redis client rejects with, what may be done about it, and the error of this library that it comes to. */

import { StoreError, WrongTypeError } from '../../base/errors.js';

/** What passes by itself, mostly within seconds: a failover, a start, a script that takes long. */
const PASSING = ['READONLY', 'MASTERDOWN', 'CLUSTERDOWN', 'TRYAGAIN', 'LOADING', 'BUSY', 'NOREPLICAS'];
/** Refusals that every other write would meet as well. */
const FOR_ALL_KEYS = [...PASSING, 'OOM', 'MISCONF', 'NOAUTH'];
/** Which node of a cluster has a key. */
const PLACES = ['MOVED', 'ASK', 'CROSSSLOT'];
/** Other refusals that say nothing about whether the command is known and allowed. */
const KNOWN_COMMAND = [...FOR_ALL_KEYS, ...PLACES, 'WRONGPASS', 'WRONGTYPE', 'EXECABORT'];
/** The usual words for it; they may be followed by what was sent, in which any word may stand. */
const REFUSED_COMMAND = /^(NOPERM|ERR Error running script) |unknown|support|permi|allow/i;
/** What stands between client and server may say in words of its own that the server is out of reach. */
const OUT_OF_REACH =
  /upstream|backend|timed? ?out|connection|closed|too many|max number|overload|busy|unavailable/i;
const PASSWORD = /^(NOAUTH|WRONGPASS|ERR invalid password|ERR AUTH) ?/;

/** An answer of the server that is an error begins with its code in capitals; what clients say themselves does not. */
const CODE = /^([A-Z]{2,}) /;
/** Redis up to 6 wraps the error of a command within a script, and so does a transaction that is refused. */
const WRAPPED = /^(ERR Error running script|EXECABORT|@user_script)/;
/** What a script is told in place of MOVED, if its node ceases to be a key's while it is on its way. */
const MOVED_FOR_SCRIPT = /access a non local key in a cluster node/;
const WRAPPED_CODE = new RegExp(`[ -](${KNOWN_COMMAND.join('|')}|NOPERM) `);

/** How clients put that a connection broke, was not there, or could not be found. */
const LOST =
  /^(Connection is closed|Command aborted due to connection close|Stream isn't writeable|Socket closed unexpectedly|The client is offline|Too many Cluster redirections|None of startup nodes|Failed to refresh slots cache|Cluster isn't ready)/;
const LOST_CODES = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT'];

/** A server without transactions; the commands that were to be one may have run one by one. */
export class NoTransactionsError extends StoreError {
  constructor(cause: unknown) {
    super(`expected a server with transactions, got ${JSON.stringify(messageOf(cause))}`, { cause });
  }
}

/**
 * Whether the server itself answered with an error: it did nothing. Otherwise nobody knows what it did. A `StoreError` tells
 * by its cause, here and below.
 */
export function isRefusal(error: unknown): boolean {
  const message = messageOf(error);
  return isReply(causeOf(error)) || CODE.test(message) || WRAPPED.test(message);
}

/** Whether the trouble is with one key, so that others may still be written. */
export function isAboutKey(error: unknown): boolean {
  return isRefusal(error) && !FOR_ALL_KEYS.includes(codeOf(error));
}

/**
 * Whether the server, or what passes for it, does not know a command or does not allow it, in whatever words, and did
 * nothing.
 */
export function isRefusedCommand(error: unknown): boolean {
  if (!isRefusal(error) || KNOWN_COMMAND.includes(codeOf(error))) return false;
  const message = messageOf(error);
  return !isAboutPassword(error) && (REFUSED_COMMAND.test(message) || !OUT_OF_REACH.test(message));
}

/** Whether the server did nothing, for a reason that passes by itself. */
export function isPassing(error: unknown, { isCluster }: { readonly isCluster: boolean }): boolean {
  if (!isRefusal(error)) return false;
  const code = codeOf(error);
  return PASSING.includes(code) || (isCluster && (code === 'MOVED' || code === 'ASK'));
}

/** Whether a connection was lost that the client makes anew; nobody knows what the server did before. */
export function isInterrupted(error: unknown, { reconnects }: { readonly reconnects: boolean }): boolean {
  if (!reconnects || isRefusal(error)) return false;
  const cause = causeOf(error);
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return LOST.test(messageOf(error)) || LOST_CODES.includes(code);
}

/** Whether the server wants a password, or another one. */
function isAboutPassword(error: unknown): boolean {
  return PASSWORD.test(messageOf(error));
}

/** Whether a key that was asked for lies on another node of a cluster than the one that answered. */
export function isMisplaced(error: unknown): boolean {
  return isRefusal(error) && PLACES.includes(codeOf(error));
}

/** The code of a refusal, also of one that is wrapped or put in words; some have no code. */
export function codeOf(error: unknown): string {
  const message = messageOf(error);
  if (MOVED_FOR_SCRIPT.test(message)) return 'MOVED';
  const wrapped = WRAPPED.test(message) ? WRAPPED_CODE.exec(message)?.[1] : undefined;
  return wrapped ?? CODE.exec(message)?.[1] ?? '';
}

/** Clients mark what the server said: by the name of the error, or of its class. */
function isReply(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'ReplyError') return true;
  for (let kind = error.constructor; kind !== Error && kind?.name; kind = Object.getPrototypeOf(kind)) {
    if (kind.name === 'ErrorReply') return true;
  }
  return false;
}

/** What the server or the client said. */
export function messageOf(error: unknown): string {
  const cause = causeOf(error);
  return cause instanceof Error ? cause.message : String(cause);
}

function causeOf(error: unknown): unknown {
  return error instanceof StoreError && error.cause !== undefined ? causeOf(error.cause) : error;
}

/** What is asked of the commands of a server to explain an error. */
interface Asked {
  readonly isCluster: boolean;
  type(key: string): Promise<string>;
}

/** The error to throw for a failed request; asks the server for the type of `key` if that is the trouble. */
export async function explainFailure(commands: Asked, error: unknown, key?: string): Promise<StoreError> {
  if (error instanceof StoreError) return error;
  const message = messageOf(error);
  const options = { cause: error };
  if (key !== undefined && codeOf(error) === 'WRONGTYPE') {
    const type = await commands.type(key).catch(() => 'unknown');
    return new WrongTypeError(key, type, options);
  }
  if (isAboutPassword(error)) {
    return new StoreError(`expected Redis to accept the password, got ${JSON.stringify(message)}`, options);
  }
  if (!commands.isCluster && isMisplaced(error)) return refuseNode(JSON.stringify(message), options);
  if (isRefusal(error)) {
    const place = key === undefined ? '' : ` for key ${JSON.stringify(key)}`;
    return new StoreError(`expected an answer from Redis${place}, got ${JSON.stringify(message)}`, options);
  }
  return new StoreError(`expected an answer from Redis, got none: ${message}`, options);
}

/** The error for a client of a single server that turns out to be a node of a cluster. */
export function refuseNode(got: string, options?: ErrorOptions): StoreError {
  return new StoreError(
    `expected a Redis that stands alone, or a client of the whole cluster (Cluster of ioredis), got ${got}`,
    options,
  );
}
