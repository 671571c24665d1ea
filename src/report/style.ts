import { type ColorScheme, cellColors, lineColors } from '../tables/heat.js';

/** Class of a cell with the given heat step. */
export function heatClass(step: number): string {
  return `bm-h${step}`;
}

function buildStylesheet(): string {
  return [
    LAYOUT,
    ...heatRules('light'),
    `@media screen and (prefers-color-scheme:dark){\n${[DARK, ...heatRules('dark')].join('\n')}\n}`,
    SMALL,
    PINNED,
    PAPER,
    pictureStylesheet,
  ].join('\n');
}

/** Rules of pictures, which may stand in anybody's page. Colours of light screens are attributes, for programs without style sheets. */
function buildPictureStylesheet(): string {
  const dark = [
    '.page{fill:#12181e}',
    '.ink{fill:#e6edf3}',
    '.muted{fill:#9caab6}',
    '.line{stroke:#3a4753}',
    '.axis{stroke:#7b8894}',
    '.track{fill:#222c35}',
    '.onbar{fill:#12181e}',
    '.halo{stroke:#12181e}',
    '.average{stroke:#ff9d5c}',
    '.averageKey{fill:#ff9d5c}',
    ...lineColors('dark').flatMap((color, line) => [
      `.line${line}{stroke:${color}}`,
      `.line${line}Key{fill:${color}}`,
      `.bar${line}{fill:${color};stroke:${color}}`,
    ]),
    ...cellColors('dark').flatMap(({ background, text }, step) => [
      `.h${step} rect{fill:${background}}`,
      `.h${step} text{fill:${text}}`,
    ]),
  ];
  return [
    // What is said of a column shows while it is pointed at.
    `${PICTURE} .column>:not(rect){opacity:0}`,
    `${PICTURE} .column:is(:hover,:focus,.at)>*{opacity:1}`,
    `${PICTURE} .bar:is(:hover,:focus) rect{opacity:.75}`,
    `@media screen and (prefers-color-scheme:dark){${dark.map((rule) => `${PICTURE} ${rule}`).join('')}}`,
  ].join('');
}

const PICTURE = '.bm-picture';

function heatRules(scheme: ColorScheme): string[] {
  return cellColors(scheme).map(
    ({ background, text }, step) => `.bitmapist .${heatClass(step)}{background:${background};color:${text}}`,
  );
}

const LAYOUT = `.bitmapist{--bm-page:#fff;--bm-ink:#1b2228;--bm-muted:#55616b;--bm-line:#c8d0d7;--bm-edge:#77838d;--bm-field:#fff;--bm-accent:#0b5cad;--bm-on-accent:#fff;--bm-shade:rgba(20,30,40,.28);color-scheme:light dark;background:var(--bm-page);color:var(--bm-ink);font:14px/1.4 system-ui,sans-serif;font-variant-numeric:tabular-nums;padding:12px}
.bitmapist *{box-sizing:border-box}
.bitmapist .bm-scroll{margin:0;overflow-x:auto;position:relative}
.bitmapist .bm-scroll+.bm-scroll{margin-top:12px}
.bitmapist .bm-slim{display:none}
.bitmapist summary{padding:4px 2px;color:var(--bm-accent);cursor:pointer}
.bitmapist :focus-visible{outline:2px solid var(--bm-accent);outline-offset:2px}
.bitmapist table{border-collapse:separate;border-spacing:2px}
.bitmapist caption{text-align:left;padding:0 2px 8px}
.bitmapist caption>div{position:sticky;left:2px;width:max-content;max-width:calc(100vw - 48px);overflow-wrap:anywhere}
.bitmapist .bm-title{font-size:1.15em;font-weight:600}
.bitmapist .bm-muted{color:var(--bm-muted)}
.bitmapist th{font-weight:400;color:var(--bm-muted);white-space:nowrap;padding:3px 6px;text-align:right}
.bitmapist thead th[scope=col]{white-space:normal;vertical-align:bottom}
.bitmapist thead th[scope=colgroup]{text-align:left}
.bitmapist th.bm-label{text-align:left;position:sticky;left:0;z-index:1;background:var(--bm-page)}
.bitmapist tbody th.bm-label{color:var(--bm-ink)}
.bitmapist th.bm-label::after{content:"";position:absolute;inset:0 auto -2px 100%;width:8px;pointer-events:none;background:linear-gradient(to right,var(--bm-shade),transparent);opacity:0}
.bitmapist td{padding:3px 6px;text-align:right;white-space:nowrap;border-radius:3px;min-width:4.7em}
.bitmapist td.bm-size{padding-right:12px;color:var(--bm-muted)}
.bitmapist td.bm-empty{color:var(--bm-muted)}
.bitmapist td.bm-running{outline:1px dashed;outline-offset:-2px;font-style:italic}
.bitmapist .bm-summary th,.bitmapist .bm-summary td{border-bottom:2px solid var(--bm-line);border-radius:0}
.bitmapist .bm-summary th.bm-label{font-weight:600}
.bitmapist tfoot th,.bitmapist tfoot td{border-top:2px solid var(--bm-line);border-radius:0}
.bitmapist tfoot th.bm-label{color:var(--bm-ink);font-weight:600}
.bitmapist .bm-legend{margin:8px 2px 0;display:flex;flex-wrap:wrap;gap:4px 18px;color:var(--bm-muted)}
.bitmapist .bm-note{margin:8px 2px 0;overflow-wrap:anywhere}
.bitmapist .bm-ramp{display:inline-flex;vertical-align:middle;margin:0 6px;border:1px solid var(--bm-line)}
.bitmapist .bm-ramp i{width:6px;height:12px}
.bitmapist .bm-ramp i.bm-wide{width:18px}
.bitmapist .bm-sign{color:var(--bm-ink)}
.bitmapist a{color:var(--bm-accent)}
.bitmapist td>a{color:inherit;text-decoration:underline dotted;text-underline-offset:3px}
.bitmapist td>a:hover{text-decoration-style:solid}
.bitmapist .bm-unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.bitmapist form{display:flex;flex-wrap:wrap;gap:12px 16px;max-width:72em}
.bitmapist fieldset{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:end;align-content:start;margin:0;padding:4px 12px 12px;border:1px solid var(--bm-line);border-radius:6px;min-width:0;flex:1 1 24em}
.bitmapist legend{padding:0 4px;font-weight:600}
.bitmapist label{color:var(--bm-muted)}
.bitmapist fieldset>*:not(legend){display:grid;gap:2px;flex:1 1 9em;min-width:0}
.bitmapist fieldset>.bm-flag{display:flex;align-items:center;gap:8px;min-height:2.4em}
.bitmapist .bm-field{position:relative}
.bitmapist .bm-choices{position:absolute;top:100%;left:0;z-index:2;min-width:100%;width:max-content;max-width:min(30em,90vw);max-height:16em;overflow-y:auto;margin:2px 0 0;padding:4px;list-style:none;overflow-wrap:anywhere;background:var(--bm-field);border:1px solid var(--bm-edge);border-radius:4px}
.bitmapist .bm-choices[hidden]{display:none}
.bitmapist .bm-choices li{padding:4px 8px;border-radius:3px;cursor:pointer}
.bitmapist .bm-choices li[aria-selected=true]{background:var(--bm-accent);color:var(--bm-on-accent)}
.bitmapist input,.bitmapist select,.bitmapist button{font:inherit;width:100%;min-width:0;min-height:2.4em;padding:4px 8px;border:1px solid var(--bm-edge);border-radius:4px;background:var(--bm-field);color:var(--bm-ink)}
.bitmapist input[type=checkbox]{flex:none;width:1.2em;min-height:1.2em;margin:0}
.bitmapist button{width:auto;align-self:end;padding:4px 16px;border-color:var(--bm-accent);background:var(--bm-accent);color:var(--bm-on-accent);font-weight:600;cursor:pointer}`;

const DARK = `.bitmapist{--bm-page:#12181e;--bm-ink:#e6edf3;--bm-muted:#9caab6;--bm-line:#3a4753;--bm-edge:#7b8894;--bm-field:#1a222a;--bm-accent:#79c0ff;--bm-on-accent:#0c1116;--bm-shade:rgba(0,0,0,.7)}`;

const SMALL = `@media screen and (max-width:600px){
.bitmapist{padding:8px;font-size:13px}
.bitmapist td,.bitmapist th{padding:2px 4px}
.bitmapist td{min-width:4em}
.bitmapist tfoot th,.bitmapist .bm-summary th{white-space:normal}
.bitmapist fieldset>.bm-field{flex-basis:100%}
.bitmapist .bm-roomy{display:none}
.bitmapist .bm-slim{display:block}
.bitmapist .bm-choices{width:100%}
}`;

// The pinned column has a shadow while columns are under it. Browsers that cannot tell show it on phones, where they mostly are.
const PINNED = `@media screen and (max-width:600px){
@supports not (animation-timeline:scroll()){
.bitmapist .bm-scroll th.bm-label::after{opacity:1}
}
}
@supports (animation-timeline:scroll()){
@keyframes bm-pinned{to{opacity:1}}
.bitmapist .bm-scroll th.bm-label::after{animation:bm-pinned linear both;animation-timeline:scroll(nearest inline);animation-range:0 12px}
}`;

const PAPER = `@media print{
.bitmapist{padding:0;font-size:8pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}
.bitmapist .bm-scroll{overflow:visible}
.bitmapist th.bm-label::after{display:none}
.bitmapist .bm-picture{max-width:100%;height:auto}
.bitmapist table{border-spacing:1px}
.bitmapist td,.bitmapist th{padding:1px 4px;min-width:0}
.bitmapist td.bm-running{outline-offset:-1px}
.bitmapist tr,.bitmapist .bm-legend{break-inside:avoid}
.bitmapist form,.bitmapist .bm-export{display:none}
}`;

/** @internal */
export const pictureStylesheet = buildPictureStylesheet();

/**
 * The style sheet of the HTML table and form, and of pictures within a page: link it once if a content security policy allows no inline styles, and
 * render with `inlineStyle: false`. Every rule is below the class `bitmapist`, or `bm-picture`; light, dark and paper are all in it.
 */
export const reportStylesheet = buildStylesheet();
