/** Where a Redis or Valkey server's program is; it is installed where that is possible without asking. */

import { findProgram, type Program, provideProgram } from '../program.js';

const SERVER: Program = {
  names: ['redis-server', 'valkey-server'],
  debianPackage: 'redis-server',
  homebrew: 'brew install redis',
};

export function findServer(): Promise<string | undefined> {
  return findProgram(SERVER);
}

export function provideServer(): Promise<string> {
  return provideProgram(SERVER);
}
