#!/usr/bin/env node
import { exitWhenUnwritable } from './output.js';
import { run } from './program.js';

exitWhenUnwritable(process.stdout, process.stderr);
process.exitCode = await run(process.argv.slice(2));
