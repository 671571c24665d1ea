import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { allServers, findServer, provideServer, versionOf } from './binary.js';
import { startRedis } from './redis.js';

/** A place for temporary folders of this file's servers alone. */
let place: string;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'bitmapist-servers-'));
  vi.stubEnv('TMPDIR', place);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(place, { recursive: true, force: true });
});

describe('a server for tests', () => {
  it('is killed and comes back on the same port, and leaves nothing behind', async () => {
    const server = await startRedis({ args: ['--appendonly', 'yes'] });
    const client = new Redis(server.url);
    client.on('error', () => {});
    await client.set('k', '1');
    await server.kill();
    expect(await answers(server.port)).toBe(false);
    await server.restart();
    expect(await client.get('k')).toBe('1');
    client.disconnect();
    await server.stop();
    expect(await answers(server.port)).toBe(false);
    expect(await folders()).toEqual([]);
  });

  it('asks for its password', async () => {
    const server = await startRedis({ password: 'a b/c' });
    const client = new Redis(server.url);
    expect(await client.ping()).toBe('PONG');
    client.disconnect();
    await server.stop();
  });

  it('runs the first program that the environment names, also by way of a wrapper', async () => {
    const own = (await findServer())!;
    const wrapper = join(place, 'wrapped-server');
    await writeFile(wrapper, `#!/bin/sh\nexec "${own}" "$@" --databases 3\n`, { mode: 0o755 });
    vi.stubEnv('BITMAPIST_SERVERS', [wrapper, own].join(delimiter));
    expect(await provideServer()).toBe(wrapper);
    expect((await allServers()).slice(-2)).toContain(own);
    expect(await versionOf(wrapper)).toMatch(/^(Redis|Valkey) \d+\.\d+\.\d+$/);
    const server = await startRedis();
    const client = new Redis(server.url);
    expect(await client.config('GET', 'databases')).toEqual(['databases', '3']);
    client.disconnect();
    await server.stop();
    expect(await answers(server.port)).toBe(false);
    expect(await folders()).toEqual([]);
  });

  it('is refused if the environment names what is no server', async () => {
    vi.stubEnv('BITMAPIST_SERVERS', place);
    await expect(startRedis()).rejects.toThrow(
      `expected BITMAPIST_SERVERS to be paths of servers' programs with ${delimiter} between them, got ${place}, which is no program`,
    );
    expect(await folders()).toEqual([]);
    vi.stubEnv('BITMAPIST_SERVERS', process.execPath);
    await expect(provideServer()).rejects.toThrow(
      `expected a Redis or Valkey server, got ${process.execPath}, which does not say its version as one`,
    );
  });

  it.each(['SIGKILL', 'SIGINT'] as const)('ends with the process that started it, by %s', async (signal) => {
    const program = fileURLToPath(new URL('orphan.ts', import.meta.url));
    const owner = spawn(process.execPath, ['--import', 'tsx', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const port = await new Promise<number>((resolve) => {
        owner.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
      });
      expect(await answers(port)).toBe(true);
      expect(await folders()).toHaveLength(1);
      owner.kill(signal);
      await expect.poll(() => answers(port), { timeout: 10_000 }).toBe(false);
      await expect.poll(folders, { timeout: 10_000 }).toEqual([]);
    } finally {
      owner.kill('SIGKILL');
    }
  });
});

async function folders(): Promise<string[]> {
  return (await readdir(place)).filter((name) => name.startsWith('bitmapist-redis-'));
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
