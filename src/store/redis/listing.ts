/** The names of keys: SCAN over every server that has some. */

import { pause } from '../../base/abort.js';
import { StoreError } from '../../base/errors.js';
import { Patience } from '../../base/patience.js';
import type { KeysOptions } from '../types.js';
import { isNodeOfCluster } from './cluster-node.js';
import { refuseNode } from './failure.js';
import type { RedisLink } from './link.js';

const DEFAULT_BATCH = 10_000;

/** Every key that begins with `prefix`, without what the client puts before it; each key once. */
export async function* listKeys(
  link: RedisLink,
  prefix: string,
  options: KeysOptions | undefined,
): AsyncGenerator<string, void, undefined> {
  const { keyPrefix } = link.commands;
  const { limitMs, isWorthwhile } = link.repeats();
  const patience = new Patience(limitMs);
  // SCAN may name a key more than once, and so may two nodes while a slot moves.
  const seen = new Set<string>();
  for (;;) {
    try {
      for await (const keys of scanNodes(link, prefix, options)) {
        for (const key of keys) {
          if (seen.has(key)) continue;
          seen.add(key);
          yield key.slice(keyPrefix.length);
        }
      }
      return;
    } catch (error) {
      const pauseMs = isWorthwhile(error) ? patience.next() : undefined;
      if (pauseMs === undefined) throw error;
      // Then from the beginning: a cursor means nothing to a server that was started anew, or has taken another's place.
      await pause(pauseMs, options?.signal);
    }
  }
}

async function* scanNodes(
  link: RedisLink,
  prefix: string,
  options: KeysOptions | undefined,
): AsyncGenerator<readonly string[], void, undefined> {
  const { commands } = link;
  // Whatever fails here is repeated with all the rest.
  if (commands.isCluster) await link.sendOnce(() => commands.type(prefix), options);
  else await requireAlone(link, prefix, options);
  const pattern = `${escapeGlob(commands.keyPrefix + prefix)}*`;
  const count = options?.batchSize ?? DEFAULT_BATCH;
  for (const node of commands.nodes()) {
    const cursors = new Set<string>();
    let cursor = '0';
    do {
      const [next, keys] = await link.sendOnce(() => commands.scan(node, cursor, pattern, count), options);
      yield keys;
      if (cursors.has(next)) {
        throw new StoreError(`expected SCAN to come to an end, got the cursor ${JSON.stringify(next)} again`);
      }
      cursors.add(next);
      cursor = next;
    } while (cursor !== '0');
  }
}

/** A node names only the keys that it has itself, so its list would be wrong. Asked once per store. */
async function requireAlone(
  link: RedisLink,
  prefix: string,
  options: KeysOptions | undefined,
): Promise<void> {
  if (link.standsAlone) return;
  const isNode = await link.sendOnce(() => isNodeOfCluster(link.commands, prefix), options);
  if (isNode) throw refuseNode('one of its nodes, which names only its own keys');
  link.standsAlone = true;
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}
