import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { printable } from '../index.js';
import { measures } from '../measures.js';
import { renderHtmlPage } from '../report.js';
import { makeNonce, type Reply } from './reply.js';
import type { Route } from './route.js';
import { pageStylesheet } from './style.js';

/** What stands around every page: the title, and the way to the others. */

export interface Frame {
  /** Of the dashboard. */
  readonly title: string;
  /** Whether there are saved questions. */
  readonly hasSaved: boolean;
  readonly route: Route;
}

/** HTML as the functions of reports return it, which have escaped what they did not write. */
export function Html({ children, class: className }: { children: string; class?: string }) {
  return <div class={className} dangerouslySetInnerHTML={{ __html: children }} />;
}

/**
 * @param heading of the page; of the first page there is none but the title
 * @param content gets the nonce of the page
 */
export function framed(
  { title, hasSaved, route }: Frame,
  heading: string | undefined,
  content: (nonce: string) => ComponentChildren,
  status = 200,
): Reply {
  const nonce = makeNonce();
  const { root } = route;
  const page = renderToString(
    <>
      <header class="bm-top">
        <a href={route.page === 'index' && root === './' ? './' : root}>{printable(title)}</a>
        <nav aria-label="Pages">
          <ul>
            {hasSaved && (
              <Entry url={`${root}all`} isCurrent={route.page === 'all'}>
                Dashboard
              </Entry>
            )}
            {measures.map((measure) => (
              <Entry url={root + measure.name} isCurrent={route.measure?.name === measure.name}>
                {measure.title}
              </Entry>
            ))}
          </ul>
        </nav>
      </header>
      <main>
        <h1>{printable(heading ?? title)}</h1>
        {content(nonce)}
      </main>
    </>,
  );
  const name = heading === undefined ? title : `${heading} · ${title}`;
  const body = renderHtmlPage([page], { title: name, css: pageStylesheet, nonce });
  return { type: 'html', body, nonce, status };
}

function Entry({ url, isCurrent, children }: { url: string; isCurrent: boolean; children: string }) {
  return (
    <li>
      <a href={url} aria-current={isCurrent ? 'page' : undefined}>
        {children}
      </a>
    </li>
  );
}
