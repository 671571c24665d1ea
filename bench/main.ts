/**
 * `npm run bench -- [--quick] [name …]`: runs the benchmarks (all, or those whose file names are given) and prints a table.
 * Where all ran in full, writes bench/results.md and bench/results.json, and what docs/performance.md says of them.
 * Native peers: `npm run bench:peers` first; more servers: BITMAPIST_SERVERS.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchAgain } from './again.js';
import { benchChecks } from './checks.js';
import { benchCluster } from './cluster.js';
import { benchCohorts } from './cohorts.js';
import { benchCounts } from './counts.js';
import { benchExplorer } from './explorer.js';
import { benchFolder } from './folder.js';
import { benchIds } from './ids.js';
import { benchImporting } from './importing.js';
import { benchLinks } from './link.js';
import { benchLoading } from './loading.js';
import { benchLongKeys } from './long.js';
import { benchLookups } from './lookups.js';
import { benchMarks } from './marks.js';
import { benchMeasures } from './measures.js';
import { benchMemory } from './memory.js';
import { writePage } from './page.js';
import { benchPeople } from './people.js';
import { headerLine, toJson, toLine, toMarkdown } from './report.js';
import { benchReturns } from './returns.js';
import { Suite } from './suite.js';
import { benchTables } from './tables.js';
import { benchThreads } from './threads.js';
import { benchThresholds } from './thresholds.js';

/** A new bench file is one more line here. */
const benches: Record<string, (suite: Suite) => void | Promise<void>> = {
  counts: benchCounts,
  tables: benchTables,
  threads: benchThreads,
  ids: benchIds,
  memory: benchMemory,
  loading: benchLoading,
  importing: benchImporting,
  cohorts: benchCohorts,
  again: benchAgain,
  checks: benchChecks,
  returns: benchReturns,
  lookups: benchLookups,
  marks: benchMarks,
  link: benchLinks,
  folder: benchFolder,
  cluster: benchCluster,
  thresholds: benchThresholds,
  long: benchLongKeys,
  explorer: benchExplorer,
  people: benchPeople,
  measures: benchMeasures,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const unknown = positionals.find((name) => !(name in benches));
if (unknown !== undefined) {
  throw new Error(`expected names out of ${Object.keys(benches).join(', ')}, got ${unknown}`);
}

const suite = new Suite(values.quick, (row) => console.log(toLine(row)));
console.log(headerLine());
for (const [name, bench] of Object.entries(benches)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  suite.bench = name;
  await bench(suite);
  // Written as they come: a run that is cut short leaves what it has.
  if (!values.quick && positionals.length === 0) {
    writeFileSync(new URL('results.md', import.meta.url), toMarkdown(suite.rows));
    writeFileSync(new URL('results.json', import.meta.url), toJson(suite.rows));
  }
}
if (!values.quick && positionals.length === 0) writePage(suite.rows);
