/** Prints the count of Vitest's JSON reports as one line; exits 1 if a test failed, or none ran for one of the reports. */

import { existsSync, readFileSync } from 'node:fs';

const count = { passed: 0, failed: 0, skipped: 0 };
for (const path of process.argv.slice(2)) {
  const report = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { testResults: [] };
  const passedBefore = count.passed;
  for (const file of report.testResults) {
    for (const { status } of file.assertionResults) count[status in count ? status : 'skipped']++;
    // A file that does not load has no tests to fail.
    if (file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'))
      count.failed++;
  }
  // Tests that did not even begin are no success.
  if (count.passed === passedBefore) count.failed++;
}

const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
process.exitCode = count.passed > 0 && count.failed === 0 ? 0 : 1;
