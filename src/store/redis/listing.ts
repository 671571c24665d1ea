/** The names of keys: SCAN over every server that has some. */

import { pause, untilAborted } from '../../base/abort.js';
import { StoreError } from '../../base/errors.js';
import { Patience } from '../../base/patience.js';
import type { KeysOptions } from '../types.js';
import { isNodeOfCluster } from './cluster-node.js';
import type { RedisLink } from './link.js';
import { explainFailure, refuseNode } from './refusal.js';

const DEFAULT_BATCH = 10_000;

/** Every key that begins with `prefix`, without what the client puts before it; each key once. */
export async function* listKeys(
  link: RedisLink,
  prefix: string,
  options: KeysOptions | undefined,
): AsyncGenerator<string, void, undefined> {
  const { keyPrefix } = link.commands;
  const patience = new Patience(link.repeats.limitMs);
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
      const pauseMs = link.repeats.isWorthwhile(error) ? patience.next() : undefined;
      if (pauseMs === undefined) throw error;
      // Then from the beginning: a cursor means nothing to a server that was started anew, or has taken another's place.
      await pause(pauseMs, options?.signal);
    }
  }
}

/** Whatever fails here is repeated with all the rest, so no request is by itself. */
async function* scanNodes(
  link: RedisLink,
  prefix: string,
  options: KeysOptions | undefined,
): AsyncGenerator<readonly string[], void, undefined> {
  const { commands } = link;
  const signal = options?.signal;
  const ask = async <T>(send: () => Promise<T>): Promise<T> => {
    signal?.throwIfAborted();
    const explain = async (error: unknown) => Promise.reject(await explainFailure(commands, error));
    return untilAborted(signal, send().catch(explain));
  };
  // A cluster's client knows its nodes once it has answered something. A node by itself names only the keys that it has.
  if (commands.isCluster) await ask(() => commands.type(prefix));
  else if (!link.standsAlone) {
    if (await ask(() => isNodeOfCluster(commands, prefix))) {
      throw refuseNode('one of its nodes, which names only its own keys');
    }
    link.standsAlone = true;
  }
  const pattern = `${escapeGlob(commands.keyPrefix + prefix)}*`;
  const count = options?.batchSize ?? DEFAULT_BATCH;
  for (const node of commands.nodes()) {
    const cursors = new Set<string>();
    let cursor = '0';
    do {
      const [next, keys] = await ask(() => commands.scan(node, cursor, pattern, count));
      yield keys;
      if (cursors.has(next)) {
        throw new StoreError(`expected SCAN to come to an end, got the cursor ${JSON.stringify(next)} again`);
      }
      cursors.add(next);
      cursor = next;
    } while (cursor !== '0');
  }
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}
