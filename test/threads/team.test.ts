import { describe, expect, it, vi } from 'vitest';
import { TeamError } from '../../src/threads/error.js';
import type { Lease } from '../../src/threads/lease.js';
import type { Member } from '../../src/threads/member.js';
import { Team } from '../../src/threads/team.js';
import { startFromSources, startWorker } from '../support/threads/worker.js';

/** Workers that are seen, so that they can be killed. */
function seen() {
  const workers: ReturnType<typeof startWorker>[] = [];
  const worker = () => {
    workers.push(startWorker());
    return workers.at(-1)!;
  };
  return { workers, worker };
}

/** A lease that keeps its workers until it is told otherwise. */
function holding(team: Team): { lease: Lease; members: Member[]; letGo: () => void } {
  const members: Member[] = [];
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const lease = team.lease(Number.POSITIVE_INFINITY, async (member) => {
    members.push(member);
    await held;
  });
  return {
    lease,
    members,
    letGo: () => {
      team.endLease(lease);
      lease.end();
      letGo();
    },
  };
}

describe('a team', () => {
  it('has as many threads as it is told, and no workers before they are needed', async () => {
    const { workers, worker } = seen();
    await using team = new Team({ threads: 3, worker });
    expect([team.threads, workers.length]).toEqual([3, 0]);
    await team.start();
    expect(workers.length).toBe(2);
    await team.start();
    expect(workers.length).toBe(2);
  });

  it('has one thread per core if it is not told, and no more than 8', () => {
    const { threads } = new Team();
    expect(threads).toBeGreaterThanOrEqual(1);
    expect(threads).toBeLessThanOrEqual(8);
  });

  it.each([0, -1, 1.5, Number.NaN, 257, '2' as unknown as number])('refuses %s threads', (threads) => {
    expect(() => new Team({ threads })).toThrow(RangeError);
    expect(() => new Team({ threads })).toThrow(
      /expected threads to be auto or a whole number from 1 to 256, got/,
    );
  });

  it('refuses to start workers by what is no function', () => {
    expect(() => new Team({ worker: './worker.js' as unknown as () => Worker })).toThrow(
      'expected worker to be a function that starts a worker, got "./worker.js"',
    );
  });

  it('starts the file beside it', async () => {
    const stop = startFromSources();
    try {
      await using team = new Team({ threads: 2 });
      await team.start();
    } finally {
      stop();
    }
  });

  it('says why workers cannot be started, and does without', async () => {
    const team = new Team({
      threads: 3,
      worker: () => {
        throw new Error('refused by policy');
      },
    });
    await expect(team.start()).rejects.toThrow(
      new TeamError('expected a platform that starts workers, got: refused by policy'),
    );
    const { lease, members, letGo } = holding(team);
    letGo();
    await lease.finish();
    expect(members).toEqual([]);
  });

  it('does without workers that end before they are ready', async () => {
    const worker = () => {
      const started = startWorker();
      started.terminate();
      return started;
    };
    const team = new Team({ threads: 2, worker });
    await expect(team.start()).rejects.toThrow(TeamError);
    await expect(team.start()).rejects.toThrow(/expected a worker that counts, got one that ended/);
    await team.close();
  });

  it('replaces a worker that ends while no question has it', async () => {
    const { workers, worker } = seen();
    await using team = new Team({ threads: 2, worker });
    await team.start();
    await workers[0]!.terminate();
    await team.start();
    expect(workers.length).toBe(2);
    const { lease, members, letGo } = holding(team);
    expect(members.length).toBe(1);
    letGo();
    await lease.finish();
  });

  it('gives each of several questions its share of the workers', async () => {
    const { worker } = seen();
    await using team = new Team({ threads: 5, worker });
    await team.start();
    const members: Record<string, Set<Member>> = { first: new Set(), second: new Set() };
    const leases: Lease[] = [];
    let isOver = false;
    const ask = (name: string) =>
      leases.push(
        team.lease(4, async (member, lease) => {
          members[name]!.add(member);
          while (!isOver && !lease.isToGo(member)) await new Promise((resolve) => setTimeout(resolve, 1));
          members[name]!.delete(member);
        }),
      );
    ask('first');
    expect(members.first!.size).toBe(4);
    ask('second');
    await vi.waitFor(() => expect([members.first!.size, members.second!.size]).toEqual([2, 2]));
    isOver = true;
    await Promise.all(
      leases.map((lease) => {
        team.endLease(lease);
        return lease.finish();
      }),
    );
  });

  it('ends its workers when it is closed, also twice, and starts no others', async () => {
    const { workers, worker } = seen();
    const team = new Team({ threads: 3, worker });
    await team.start();
    const { lease, letGo } = holding(team);
    await Promise.all([expect(lease.failed).rejects.toThrow(TeamError), team.close(), team.close()]);
    letGo();
    expect(workers.map(({ threadId }) => threadId)).toEqual([-1, -1]);
    await expect(team.start()).rejects.toThrow('expected a team that stays open until there is an answer');
    expect(workers.length).toBe(2);
  });

  it('can be closed while its workers start', async () => {
    const { workers, worker } = seen();
    const team = new Team({ threads: 3, worker });
    const started = team.start();
    await Promise.all([expect(started).rejects.toThrow(TeamError), team.close()]);
    expect(workers.map(({ threadId }) => threadId)).toEqual([-1, -1]);
  });
});
