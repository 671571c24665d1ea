import { renderToString } from 'preact-render-to-string';
import { printable } from '../base/errors.js';
import { Style } from './fragment.js';

import { reportStylesheet } from './style.js';

/** What stands around the pieces. */
export interface HtmlPageOptions {
  /** As plain text. */
  readonly title: string;
  /** Rules after those of `reportStylesheet`, such as `compatStylesheet`. */
  readonly css?: string | undefined;
  /** For the page's style sheet, where a content security policy wants one. */
  readonly nonce?: string | undefined;
}

/**
 * A whole HTML document around pieces made with `inlineStyle: false`: a file to open, print or send.
 * @param fragments HTML as this module's functions return it; taken as it is
 * @example
 * import { renderHtmlPage } from 'bitmapist-wasm/report';
 * console.log(renderHtmlPage(['<p>Hello</p>'], { title: 'Report' }).startsWith('<!doctype html>')); // true
 */
export function renderHtmlPage(
  fragments: readonly string[],
  { title, css = '', nonce }: HtmlPageOptions,
): string {
  const page = renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{printable(title)}</title>
        <Style nonce={nonce} css={`${reportStylesheet}\n${css}${PAGE}`} />
      </head>
      <body class="bitmapist" dangerouslySetInnerHTML={{ __html: fragments.join('\n') }} />
    </html>,
  );
  return `<!doctype html>\n${page}\n`;
}

const PAGE = 'body.bitmapist{margin:0;padding:0}';
