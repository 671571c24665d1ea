/** Examples in the comments of src, and what of the public functions and methods has none. */

import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface Example {
  /** Where it stands: `src/time/period.ts:40`. */
  readonly place: string;
  readonly code: string;
}

/** Every `@example` there is; a fence of code around it is left out. */
export function collectExamples(): Example[] {
  const paths = readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' });
  const files = paths
    .map((path) => `src/${path.split('\\').join('/')}`)
    .filter((path) => /\.tsx?$/.test(path));
  return files.sort().flatMap((file) => examplesOf(file, readFileSync(ROOT + file, 'utf8')));
}

function examplesOf(file: string, text: string): Example[] {
  return Array.from(text.matchAll(/^[ \t]*\/\*\*.*?\*\/$/gms)).flatMap(({ 0: comment, index }) => {
    const line = text.slice(0, index).split('\n').length;
    const bare = comment.replaceAll(/^[ \t]*(?:\/\*\*|\* ?)/gm, '').replace(/\s*\*?\/$/, '');
    return bare
      .split(/^@(?=[a-z])/m)
      .filter((part) => part.startsWith('example'))
      .map((part) => ({
        place: `${file}:${line}`,
        code: `${part.replace(/^example\s*/, '').replaceAll(/^```.*$\n?/gm, '')}\n`,
      }));
  });
}

/** The entry points of the package: how they are imported, and their sources. */
export function entryPoints(): Record<string, string> {
  const { exports } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
  const entries = Object.entries(exports as Record<string, { default?: string }>).flatMap(
    ([name, { default: path }]) =>
      path === undefined
        ? []
        : [[`bitmapist-wasm${name.slice(1)}`, path.replace('./dist/', 'src/').replace(/js$/, 'ts')]],
  );
  return Object.fromEntries(entries);
}

/** What entry points export to be called, `Class.method` too, whose comment has no example. */
export function findBare(): string[] {
  const bare = Object.values(entryPoints()).flatMap((entry) =>
    exportsOf(entry).flatMap(({ name, file }) => bareIn(name, file)),
  );
  return [...new Set(bare)].sort();
}

/** What an entry point exports beside types, and the files that declare it. */
function exportsOf(entry: string): { readonly name: string; readonly file: string }[] {
  const text = readFileSync(ROOT + entry, 'utf8');
  return Array.from(text.matchAll(/^export \{([^}]*)\} from '([^']+)';$/gm)).flatMap(([, names, path]) => {
    const source = posix.join(posix.dirname(entry), path!);
    const file = /\.js$/.test(source) ? sourceOf(source) : source;
    return names!
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '))
      .map((name) => ({ name: name.split(' as ')[0]!, file }));
  });
}

function sourceOf(path: string): string {
  const names = readdirSync(ROOT + posix.dirname(path));
  const name = posix.basename(path, '.js');
  return posix.join(posix.dirname(path), names.includes(`${name}.ts`) ? `${name}.ts` : `${name}.tsx`);
}

const COMMENT = String.raw`(?:^[ \t]*/\*\*(?<comment>(?:(?!\*/)[^])*)\*/\n)?`;

function bareIn(name: string, file: string): string[] {
  const text = readFileSync(ROOT + file, 'utf8');
  const declared = new RegExp(`${COMMENT}^export (?:async )?function\\*? ?${name}\\b`, 'm').exec(text);
  if (declared) return hasExample(declared) ? [] : [name];
  const start = new RegExp(
    `^export (?:abstract )?class ${name}\\b.*?(?:implements (?<shape>\\w+).*)?\\{$`,
    'm',
  ).exec(text);
  if (!start) return [];
  const body = text.slice(start.index, text.indexOf('\n}', start.index));
  const methods = new RegExp(
    `${COMMENT}^  (?:static |async |abstract )*(?:\\* ?)?(?<method>[a-z]\\w*)(?:<[^(]*>)?\\(`,
    'gm',
  );
  const shown = shownBy(start.groups?.shape, file, text);
  return Array.from(body.matchAll(methods))
    .filter(({ groups }) => groups!.method !== 'constructor' && !groups!.comment?.includes('@internal'))
    .filter((found) => !hasExample(found) && !shown(found.groups!.method!))
    .map(({ groups }) => `${name}.${groups!.method}`);
}

/** Which methods an interface shows by example: a class that implements it need not say it again. */
function shownBy(shape: string | undefined, file: string, text: string): (method: string) => boolean {
  const path = new RegExp(`^import [^;]*\\b${shape}\\b[^;]* from '(?<path>\\.[^']+)';$`, 'm').exec(text)
    ?.groups?.path;
  if (path === undefined) return () => false;
  const declaring = readFileSync(ROOT + sourceOf(posix.join(posix.dirname(file), path)), 'utf8');
  return (method) => {
    const member = new RegExp(`${COMMENT}^  ${method}\\??\\(`, 'm').exec(declaring);
    return member !== null && hasExample(member);
  };
}

function hasExample({ groups }: RegExpExecArray): boolean {
  return groups?.comment?.includes('@example') ?? false;
}
