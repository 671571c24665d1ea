/** Runs the modules that are named, one after the other, and prints what each prints, as JSON. */

import { pathToFileURL } from 'node:url';
import { formatWithOptions } from 'node:util';

const answers: { printed: string[]; error?: string }[] = [];
const { log } = console;
for (const path of process.argv.slice(2)) {
  const printed: string[] = [];
  console.log = (...values) => printed.push(formatWithOptions({ breakLength: Infinity }, ...values));
  try {
    await import(pathToFileURL(path).href);
    answers.push({ printed });
  } catch (error) {
    answers.push({ printed, error: String(error) });
  }
}
log(JSON.stringify(answers));
// What examples leave open keeps no process.
process.exit();
