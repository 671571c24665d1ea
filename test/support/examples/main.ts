/** Runs the modules that are named, one after the other, and prints what each prints, as JSON. */

import { pathToFileURL } from 'node:url';
import { formatWithOptions } from 'node:util';
import { Redis } from 'ioredis';
import { startFromSources } from '../threads/worker.js';

const TIMEOUT_MS = 10_000;

const answers: { printed: string[]; error?: string }[] = [];
const { log } = console;
startFromSources();
const redis = new Redis(process.env.REDIS_URL!);
for (const path of process.argv.slice(2)) {
  await redis.flushall();
  const printed: string[] = [];
  console.log = (...values) => printed.push(formatWithOptions({ breakLength: Infinity }, ...values));
  const late = new Promise((_, reject) => {
    setTimeout(reject, TIMEOUT_MS, new Error(`expected the end within ${TIMEOUT_MS} ms`));
  });
  try {
    await Promise.race([import(pathToFileURL(path).href), late]);
    answers.push({ printed });
  } catch (error) {
    answers.push({ printed, error: String(error) });
  }
}
log(JSON.stringify(answers));
// What examples leave open keeps no process.
process.exit();
