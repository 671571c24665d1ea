/** Certificates for servers of tests, made by openssl. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Program, provideProgram } from '../program.js';

const OPENSSL: Program = {
  names: ['openssl'],
  debianPackage: 'openssl',
  homebrew: 'brew install openssl',
};

export interface Certificates {
  /** The authority that signed itself, and a server on loopback with its key: paths of PEM files. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  remove(): Promise<void>;
}

export async function makeCertificates(): Promise<Certificates> {
  const openssl = await provideProgram(OPENSSL);
  const folder = await mkdtemp(join(tmpdir(), 'bitmapist-certificates-'));
  const run = (...args: string[]) => promisify(execFile)(openssl, args, { cwd: folder });
  const keyArgs = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  try {
    await run(
      'req',
      '-x509',
      ...keyArgs,
      ...subject('Test authority'),
      '-keyout',
      'ca.key',
      '-out',
      'ca.crt',
    );
    await run(
      'req',
      '-new',
      ...keyArgs,
      ...subject('localhost'),
      '-keyout',
      'server.key',
      '-out',
      'server.csr',
    );
    await writeFile(join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    const signer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names'];
    await run('x509', '-req', '-in', 'server.csr', ...signer, '-days', '2', '-out', 'server.crt');
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    ca: join(folder, 'ca.crt'),
    cert: join(folder, 'server.crt'),
    key: join(folder, 'server.key'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function subject(name: string): string[] {
  return ['-subj', `/CN=${name}`];
}
