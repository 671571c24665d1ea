import { StoreError } from '../index.js';
import type { RedisAddress } from './address.js';
import { CONNECT_TIMED_OUT, SilenceError } from './silence.js';

/** Why a server could not be connected to, in a sentence. */
export function explain(address: RedisAddress, cause: unknown, timeoutMs: number): StoreError {
  const { text, kind, server, master } = address;
  const { message } = cause as Error;
  const fail = (sentence: string): StoreError => new StoreError(sentence, { cause });
  if (/^NOAUTH/.test(message)) {
    return fail(`expected a password in the URL (redis://:password@host), got ${text}, which asks for one`);
  }
  if (/^(WRONGPASS|ERR (AUTH|invalid password))/i.test(message)) {
    return fail(`expected the password of ${text}, got one that it refuses`);
  }
  if (/cluster support disabled/.test(message)) {
    return fail(
      `expected a Redis Cluster at ${text}, got a server that stands alone; ${text.replace('+cluster', '')} asks it`,
    );
  }
  const [, sentinelMessage] = /^All sentinels are unreachable.*?(?:Last error: (.*))?$/s.exec(message) ?? [];
  if (kind === 'sentinel' && sentinelMessage !== undefined) {
    return fail(
      `expected a sentinel at ${server} that knows ${master}, got ${reasonOf({ message: sentinelMessage }, address, timeoutMs)}`,
    );
  }
  return fail(`expected a Redis server at ${text}, got ${reasonOf(cause as Error, address, timeoutMs)}`);
}

export const REASONS: Partial<Record<string, string>> = {
  ECONNREFUSED: 'a refused connection (is it running?)',
  ENOENT: 'no such socket',
  ENOTFOUND: 'a host name that nobody knows',
  EAI_AGAIN: 'a host name that nobody knows',
  'Connection is closed.': 'no connection (is it running?)',
};

/** What the client says if it has waited for so long as it was told to. */
const WAITED = [CONNECT_TIMED_OUT, 'timeout', 'Command timed out'];

function reasonOf(
  { message, code }: Pick<NodeJS.ErrnoException, 'message' | 'code'>,
  { tls }: RedisAddress,
  timeoutMs: number,
): string {
  if (WAITED.includes(message) && timeoutMs > 0) return new SilenceError(timeoutMs).message;
  if (code === 'ETIMEDOUT') return 'no answer in time';
  if (code === 'ECONNRESET' && !tls) return 'a closed connection (does it speak TLS? rediss:// does)';
  // Why it has no connection to a sentinel is a thing the client keeps to itself.
  if (message === 'Connection is closed.' && tls) return 'no connection (is it running? does --ca trust it?)';
  if (/certificate required/i.test(message)) return 'a wish for a certificate (--cert and --key name one)';
  if (/certificate|altnames/i.test(message)) {
    return `a certificate that is not trusted (--ca names who is): ${message}`;
  }
  return REASONS[code ?? message] ?? message;
}
