/** Starts a server, says where it is, and waits to be killed: what a test process does that ends badly. */

import { startRedis } from './redis.js';

const { port } = await startRedis();
process.stdout.write(`${port}\n`);
await new Promise((resolve) => setTimeout(resolve, 60_000));
