/** Real servers for tests: on free ports of loopback, with folders of their own, gone when the test process is. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findServer } from './binary.js';

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 30_000;
const START_ATTEMPTS = 5;

/**
 * The server is a child of a shell that waits for the end of its standard input, which comes when this process closes it
 * or dies, however it dies; then the shell kills the server and removes the server's folder, unless told to keep it.
 */
const GUARD = `
folder=$1; shift
"$@" </dev/null &
server=$!
read -r order
kill -9 $server
wait $server
[ "$order" = keep ] || rm -rf "$folder"
`;

export interface RedisServer {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Ends the server at once, as a crash would; its data is lost unless `args` asked for persistence. */
  kill(): Promise<void>;
  /** Starts a killed server again on the same port. */
  restart(): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** The server's program, if it is not to be the one that tests use. */
  readonly program?: string;
  /** More arguments, as `['--maxmemory', '2mb']`. */
  readonly args?: readonly string[];
  readonly password?: string;
  /** PEM files of a server that speaks TLS, and nothing else. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
  /** Makes it a sentinel of this master, under the name. */
  readonly sentinelOf?: { readonly name: string; readonly master: RedisServer; readonly password?: string };
}

export async function startRedis(options: ServerOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'bitmapist-redis-'));
  try {
    const { port, running } = await startOnFreePort(folder, options);
    return serverOf(folder, port, options, running);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function serverOf(folder: string, port: number, options: ServerOptions, started: Running): RedisServer {
  let running: Running | undefined = started;
  const kill = async (): Promise<void> => {
    await running?.end('keep');
    running = undefined;
  };
  const login = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}@`;
  return {
    host: HOST,
    port,
    url: `${options.tls === undefined ? 'redis' : 'rediss'}://${login}${HOST}:${port}`,
    kill,
    restart: async () => {
      await kill();
      running = await startOn(port, folder, options);
    },
    stop: async () => {
      await running?.end('remove');
      running = undefined;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A port is free when asked for and may be taken when used, so a few are tried. */
async function startOnFreePort(
  folder: string,
  options: ServerOptions,
): Promise<{ port: number; running: Running }> {
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort();
    try {
      return { port, running: await startOn(port, folder, options) };
    } catch (error) {
      if (attempt === START_ATTEMPTS || !String(error).includes('in use')) throw error;
    }
  }
}

interface Running {
  end(folder: 'keep' | 'remove'): Promise<void>;
}

async function startOn(port: number, folder: string, options: ServerOptions): Promise<Running> {
  const program = options.program ?? (await findServer());
  if (program === undefined)
    throw new Error('expected redis-server or valkey-server on the PATH, got neither');
  const args =
    options.sentinelOf === undefined
      ? []
      : [await configureSentinel(folder, options.sentinelOf), '--sentinel'];
  args.push('--bind', HOST, '--dir', folder, '--save', '', '--daemonize', 'no', ...portArgs(port, options));
  if (options.password !== undefined) args.push('--requirepass', options.password);
  args.push(...(options.args ?? []));
  const guard = spawn('sh', ['-c', GUARD, 'guard', folder, program, ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  await untilReady(guard, port);
  return { end: (order) => end(guard, order) };
}

function portArgs(port: number, { tls }: ServerOptions): string[] {
  if (tls === undefined) return ['--port', String(port)];
  const files = ['--tls-ca-cert-file', tls.ca, '--tls-cert-file', tls.cert, '--tls-key-file', tls.key];
  return ['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no', ...files];
}

/** A sentinel keeps in a file what it knows. */
async function configureSentinel(
  folder: string,
  { name, master, password }: NonNullable<ServerOptions['sentinelOf']>,
): Promise<string> {
  const path = join(folder, 'sentinel.conf');
  const login = password === undefined ? '' : `sentinel auth-pass ${name} ${password}\n`;
  await writeFile(path, `sentinel monitor ${name} ${master.host} ${master.port} 1\n${login}`);
  return path;
}

function untilReady(guard: ChildProcess, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    const fail = (reason: string): void => {
      clearTimeout(timer);
      guard.stdin?.end();
      reject(new Error(`expected a server on port ${port}, ${reason}:\n${log}`));
    };
    const timer = setTimeout(() => fail('it was not ready in time'), START_TIMEOUT_MS);
    guard.stdout?.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-4000);
      if (/Ready to accept connections|Sentinel ID is/.test(log)) {
        clearTimeout(timer);
        resolve();
      } else if (/in use|FATAL|Failed listening/.test(log)) {
        fail('it did not start');
      }
    });
    guard.once('error', (error) => fail(error.message));
  });
}

function end(guard: ChildProcess, order: 'keep' | 'remove'): Promise<void> {
  return new Promise((resolve) => {
    guard.once('close', () => resolve());
    guard.stdin?.end(`${order}\n`);
  });
}

/** A free port; a cluster's node also listens 10,000 above its own. */
async function findFreePort(): Promise<number> {
  for (;;) {
    const port = await new Promise<number>((resolve, reject) => {
      const probe = createServer();
      probe.once('error', reject);
      probe.listen(0, HOST, () => {
        const address = probe.address();
        probe.close(() =>
          typeof address === 'object' && address !== null ? resolve(address.port) : reject(),
        );
      });
    });
    if (port + 10_000 < 65_536) return port;
  }
}
