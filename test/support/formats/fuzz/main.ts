/** `npm run fuzz -- [inputs] [seed]`: broken files without end; what a run finds, its seed finds again. */

import { fuzz } from './run.js';

const [inputs = 200_000, seed = Date.now() % 2 ** 32] = process.argv.slice(2).map(Number);
console.log(`${inputs} inputs from seed ${seed}`);
const start = performance.now();
const report = await fuzz(inputs, seed, (done) => {
  if (done % 20_000 === 0) console.log(`${done} after ${Math.round((performance.now() - start) / 1000)} s`);
});
console.log({ ...report, maxRssMiB: Math.round(process.resourceUsage().maxRSS / 1024) });
