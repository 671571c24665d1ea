import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { isRedisUrl, parseRedisUrl } from './address.js';
import { isClickHouseTls, isClickHouseUrl } from './clickhouse-address.js';
import { UsageError } from './failure.js';
import { withoutPassword } from './url.js';

export interface TlsOptions {
  /** Paths of PEM files: whose certificates are trusted, and the certificate of this side with its key. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Trusts any certificate. */
  readonly insecure?: boolean;
}

const FILES = ['ca', 'cert', 'key'] as const;

/** The files of the options, read. */
export async function readTls(options: TlsOptions): Promise<{ rejectUnauthorized: boolean }> {
  if ((options.cert === undefined) !== (options.key === undefined)) {
    throw new UsageError('expected --cert and --key together, got one of them');
  }
  const files = FILES.filter((name) => options[name] !== undefined).map(async (name) => {
    const path = options[name]!;
    const pem = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
      throw new UsageError(
        `expected a file to read after --${name}, got ${JSON.stringify(path)}: ${cause.code ?? cause.message}`,
        { cause },
      );
    });
    return [name, pem] as const;
  });
  const read = Object.fromEntries(await Promise.all(files));
  try {
    createSecureContext(read);
  } catch (cause) {
    const given = Object.keys(read).map((name) => `--${name}`);
    throw new UsageError(`expected PEM files after ${given.join(', ')}, got ${(cause as Error).message}`, {
      cause,
    });
  }
  return { ...read, rejectUnauthorized: !options.insecure };
}

/** Refuses options of TLS if none of what a command was given is spoken to by TLS: who gives them believes otherwise. */
export function refuseIdleTls(given: readonly unknown[], options: TlsOptions): void {
  const idle = [...FILES, 'insecure' as const].find((name) => options[name]);
  const urls = given.filter((each): each is string => typeof each === 'string');
  const servers = urls.filter((url) => isRedisUrl(url) || isClickHouseUrl(url));
  if (
    idle === undefined ||
    servers.some((url) => isClickHouseTls(url) || (isRedisUrl(url) && parseRedisUrl(url).tls))
  )
    return;
  throw new UsageError(
    `expected a rediss:// or clickhouses:// URL with --${idle}, got ${servers.length === 0 ? 'none' : servers.map(textOf).join(' and ')}`,
  );
}

function textOf(url: string): string {
  return isRedisUrl(url) ? parseRedisUrl(url).text : withoutPassword(url);
}
