import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ISOLATED, type Site, serveSite } from '../site.js';

/** An app of its own folder, whose page is `page.js`, with the built package and what packs it among its modules. */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface App {
  /** The path of a file in it. */
  path(name: string): string;
  /** Serves a folder of it; its pages are isolated if that is asked for. */
  serve(name: string, how: 'isolated' | 'not isolated', headers?: Record<string, string>): Promise<Site>;
  remove(): Promise<void>;
}

/** @param modules paths of folders from the root, by the names they are imported by */
export async function makeApp(modules: Readonly<Record<string, string>> = {}): Promise<App> {
  const folder = await mkdtemp(join(tmpdir(), 'bitmapist-app-'));
  const path = (name: string): string => join(folder, name);
  await mkdir(path('node_modules'));
  await mkdir(path('src'));
  await writeFile(path('package.json'), '{ "type": "module" }');
  for (const [name, from] of Object.entries({ 'bitmapist-wasm': '.', ...modules })) {
    await symlink(join(ROOT, from), path(`node_modules/${name}`));
  }
  await cp(fileURLToPath(new URL('page.js', import.meta.url)), path('src/app.js'));
  await writeFile(path('src/index.html'), pageOf('app.js'));
  return {
    path,
    serve: (name, how, headers) =>
      serveSite((file) => readFile(join(folder, name, file === '/' ? 'index.html' : file)), {
        ...(how === 'isolated' && ISOLATED),
        ...headers,
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A page that runs a program. */
export function pageOf(program: string): string {
  return `<!doctype html><title>App</title><script type="module" src="./${program}"></script>`;
}
