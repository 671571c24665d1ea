import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, outputOf } from '../support/cli/command.js';
import { openTerminal } from '../support/cli/terminal.js';
import { type RedisProxy, startProxy } from '../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let server: RedisServer;
let proxy: RedisProxy;

beforeAll(async () => {
  folder = await makeFolder();
  server = await startRedis();
  proxy = await startProxy(server);
  const events = await folder.write('events.csv', 'user,timestamp,event\n7,2026-01-02,visit\n');
  await outputOf('import', events, '--to', server.url);
});

afterAll(async () => {
  await proxy?.stop();
  await server?.stop();
  await folder?.remove();
});

describe('who waits at a terminal', () => {
  it('sees for which server, as long as it is silent, and then what is being done', async () => {
    const address = `${proxy.host}:${proxy.port}`;
    proxy.delayMs = 1500;
    const terminal = openTerminal('inspect', proxy.url);
    await terminal.shows(new RegExp(`connecting to ${address}`));
    await terminal.shows(new RegExp(`waiting for ${address}: nothing for 1 s`));
    await terminal.shows(new RegExp(`looking at ${proxy.url}`));
    await terminal.shows(new RegExp(`looking at .*waiting for ${address}: nothing for 1 s`, 's'));
    proxy.delayMs = 0;
    const { code, text } = await terminal.end();
    expect(code).toBe(0);
    expect(text).toMatch(/visit +2026-01-02/);
  });

  it('sees nothing of it with a server that answers', async () => {
    const terminal = openTerminal('count', server.url, 'visit@2026-01');
    const { code, text } = await terminal.end();
    expect(code).toBe(0);
    expect(text).not.toContain('waiting');
    expect(text).toMatch(/1\s*$/);
  });
});
