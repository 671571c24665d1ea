import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

const PAGE = fileURLToPath(new URL('src/explorer/', import.meta.url));

/** Builds the explorer into one file, `dist/explorer.html`, that loads nothing else. */
export default defineConfig({
  root: PAGE,
  logLevel: 'warn',
  build: {
    outDir: fileURLToPath(new URL('dist', import.meta.url)),
    emptyOutDir: false,
    target: 'es2023',
    rolldownOptions: { input: `${PAGE}explorer.html`, checks: { pluginTimings: false } },
  },
  worker: { format: 'iife', plugins: () => [inlineTeam()] },
  plugins: [viteSingleFile(), sealPage()],
});

/** How `src/threads/` starts a worker. */
const START = "new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })";

/** Puts the worker of a team of threads into the page as well, since it has no file beside it. */
function inlineTeam(): Plugin {
  return {
    name: 'inline-team',
    enforce: 'pre',
    transform(code) {
      if (!code.includes(START)) return undefined;
      return `import TeamWorker from './worker.js?worker&inline';\n${code.replace(START, 'new TeamWorker()')}`;
    },
  };
}

/** Lets the page's policy allow exactly the script and the style that are in it. */
function sealPage(): Plugin {
  return {
    name: 'seal-page',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type === 'asset' && file.fileName.endsWith('.html'))
            file.source = seal(String(file.source));
        }
      },
    },
  };
}

function seal(html: string): string {
  const hash = (tag: string): string => {
    const found = [...html.matchAll(new RegExp(`<${tag}\\b[^>]*>(.*?)</${tag}>`, 'gs'))];
    if (found.length !== 1) throw new Error(`expected one <${tag}> in the page, got ${found.length}`);
    return `'sha256-${createHash('sha256').update(found[0]![1]!).digest('base64')}'`;
  };
  return html.replace("'sha256-script'", hash('script')).replace("'sha256-style'", hash('style'));
}
