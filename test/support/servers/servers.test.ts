import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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
