import { type ColorScheme, lineColors, reportStylesheet } from '../../report.js';

/** Adds what reports look like to the page, and swatches (`data-line`) in the colours of their lines. */
export function adoptReportStyle(): void {
  const swatches = (scheme: ColorScheme): string =>
    lineColors(scheme)
      .map((color, index) => `[data-line="${index}"]{background:${color}}`)
      .join('');
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    `${reportStylesheet}${swatches('light')}@media screen and (prefers-color-scheme:dark){${swatches('dark')}}`,
  );
  document.adoptedStyleSheets = [sheet];
}
