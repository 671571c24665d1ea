#!/usr/bin/env node
import { exitWhenNobodyReads } from './output.js';
import { run } from './program.js';

exitWhenNobodyReads(process.stdout);
process.exitCode = await run(process.argv.slice(2));
