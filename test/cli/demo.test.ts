import { describe, expect, it } from 'vitest';
import { outputOf, runCommand } from '../support/cli/command.js';

describe('the demo', () => {
  it('is a source for every question', async () => {
    expect((await runCommand(['events', 'demo'])).stdout).toBe('active\npro\nsignup\n');
    expect((await runCommand(['count', 'demo', 'signup@year | signup@year-1'])).stdout).toBe('200000\n');
    expect(
      Number((await runCommand(['count', 'demo', 'pro@unique & active@week-1'])).stdout),
    ).toBeGreaterThan(1000);
  });

  it('ends its year with the day of --now, in the time zone that is asked for', async () => {
    for (const [now, zone, lastDay] of [
      ['2026-11-23', 'UTC', '2026-11-23'],
      ['2026-11-22T23:30:00Z', 'Asia/Tokyo', '2026-11-23'],
      ['2026-11-23T00:30:00Z', 'America/New_York', '2026-11-22'],
    ] as const) {
      const at = ['--now', now, '--time-zone', zone];
      const { total } = JSON.parse(await outputOf('inspect', 'demo', '--format', 'json', ...at));
      expect([now, total.to]).toEqual([now, lastDay]);
    }
  });

  it('shows a heatmap and answers of 200,000 users', async () => {
    const args = ['demo', '--now', '2026-11-23'];
    const { code, stdout, stderr } = await runCommand(args, { FORCE_COLOR: '2' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/ 200,000 users and [\d,]+ marks up to 2026-11-23, /);
    expect(stdout).toContain('\u001b[');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one.
    const plain = stdout.replace(/\u001b\[[\d;]*m/g, '');
    expect(plain.match(/^\w{3} \d{4} .*100%/gm)).toHaveLength(12);
    expect(plain).toMatch(/^professionals active last month +active@month-1 & pro@unique +7,946 /m);
    expect(plain).toContain('npx bitmapist-wasm --help');
  });
});
