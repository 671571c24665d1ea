/** The retention table on the server: BITOP and BITCOUNT of every pair. Two ways, and the stronger of them is our peer. */
import type { Redis } from 'ioredis';
import { COLUMNS, KEYS, keyOf, PAIRS, ROWS, sum } from './retention.js';

/** All in one script and one reply: totals and cells, row by row. */
const SCRIPT = `
local call, rows, columns = redis.call, tonumber(ARGV[1]), tonumber(ARGV[2])
local counts = {}
for row = 1, rows do
  counts[#counts + 1] = call('BITCOUNT', KEYS[row])
  for column = 0, math.min(columns, #KEYS - row + 1) - 1 do
    call('BITOP', 'AND', 'both', KEYS[row], KEYS[row + column])
    counts[#counts + 1] = call('BITCOUNT', 'both')
  end
end
call('DEL', 'both')
return counts
`;

/**
 * The table by one EVAL; the script travels with the first call alone.
 * @param keys of the days that have begun: whoever writes such a script leaves out the others, of which a BITOP takes many times as long
 */
export async function countByScript(client: Redis, keys: readonly string[] = KEYS): Promise<number> {
  const digest = await digestOn(client);
  return sum((await client.evalsha(digest, ...argumentsFor(keys))) as number[]);
}

/** The arguments of EVAL for it, the script included. */
export function scriptCall(keys: readonly string[]): readonly (string | number)[] {
  return [SCRIPT, ...argumentsFor(keys)];
}

function argumentsFor(keys: readonly string[]): [number, ...(string | number)[]] {
  return [keys.length, ...keys, ROWS, COLUMNS];
}

const digests = new WeakMap<Redis, Promise<string>>();

function digestOn(client: Redis): Promise<string> {
  const known = digests.get(client) ?? (client.script('LOAD', SCRIPT) as Promise<string>);
  digests.set(client, known);
  return known;
}

/** The table by one pipeline, which is how the reference would do it without its round trips. */
export async function countByPipeline(client: Redis): Promise<number> {
  const pipeline = client.pipeline();
  for (let row = 0; row < ROWS; row += 1) pipeline.bitcount(keyOf(row));
  for (const [row, day] of PAIRS) {
    pipeline.bitop('AND', 'both', keyOf(row), keyOf(day));
    pipeline.bitcount('both');
  }
  const replies = ((await pipeline.exec()) ?? []).map(([, reply]) => Number(reply));
  // After the totals every other reply is that of a BITOP.
  return sum(replies.filter((_, index) => index < ROWS || (index - ROWS) % 2 === 1));
}
