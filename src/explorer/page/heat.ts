import { heatColors } from '../../report.js';

/** Gives elements with a heat step (`data-heat`) the colours that reports print, in the light and in the dark. */
export function adoptHeatColors(): void {
  const rules = (scheme: 'light' | 'dark'): string =>
    heatColors(scheme)
      .map(
        ({ background, text }, step) =>
          `[data-heat="${step}"]{background:${background};color:${text};fill:${background}}`,
      )
      .join('');
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`${rules('light')}@media screen and (prefers-color-scheme:dark){${rules('dark')}}`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
