/** DIGEST for tests on servers of any version. */

import type { RedisProxy } from './proxy.js';

const SCRIPT =
  "local value = redis.call('GET', KEYS[1]) return value and string.sub(redis.sha1hex(value), 1, 16)";

/** Has a script answer in place of the server, which may be older than the command. */
export function digestsByScript(proxy: RedisProxy): void {
  proxy.substitutes.set('digest', ([, key = '']) => ['EVAL', SCRIPT, '1', key]);
}
