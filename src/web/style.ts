/** What the pages of a dashboard have beside what reports have: a head, cards, lists of links. All below the class `bitmapist`. */
export const pageStylesheet = `
.bitmapist .bm-top{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 24px;padding:14px 24px 10px;border-bottom:1px solid var(--bm-line)}
.bitmapist .bm-top>a{color:var(--bm-ink);font-size:1.2em;font-weight:650;text-decoration:none;overflow-wrap:anywhere}
.bitmapist nav ul{display:flex;flex-wrap:wrap;gap:2px;margin:0;padding:0;list-style:none}
.bitmapist nav a{display:block;padding:4px 9px;border-radius:6px;text-decoration:none}
.bitmapist nav a:hover{text-decoration:underline}
.bitmapist nav a[aria-current]{background:var(--bm-accent);color:var(--bm-on-accent);font-weight:600}
.bitmapist main{max-width:1240px;margin:0 auto;padding:8px 24px 40px}
.bitmapist h1{margin:14px 0 2px;font-size:1.7em;line-height:1.25;overflow-wrap:anywhere}
.bitmapist h2{margin:28px 0 10px;font-size:1.2em;overflow-wrap:anywhere}
.bitmapist .bm-lead{margin:0 0 16px;color:var(--bm-muted);max-width:60em;overflow-wrap:anywhere}
.bitmapist .bm-cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17em),1fr));gap:12px;margin:0;padding:0;list-style:none}
.bitmapist .bm-cards a{display:block;height:100%;padding:12px 14px;border:1px solid var(--bm-line);border-radius:8px;background:var(--bm-field);color:var(--bm-ink);text-decoration:none;overflow-wrap:anywhere}
.bitmapist .bm-cards a:hover{border-color:var(--bm-accent)}
.bitmapist .bm-cards b{display:block;margin-bottom:2px;color:var(--bm-accent);font-weight:600}
.bitmapist main .bitmapist{padding:0}
.bitmapist .bm-ask{margin-bottom:20px;padding-bottom:20px;border-bottom:1px solid var(--bm-line)}
.bitmapist .bm-ask .bm-flag{align-self:end}
.bitmapist .bm-answer{margin:24px 0}
.bitmapist .bm-answer+.bm-answer{padding-top:24px;border-top:1px solid var(--bm-line)}
.bitmapist .bm-tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,34em),1fr));gap:16px;margin-top:16px}
.bitmapist .bm-tiles>section{min-width:0;padding:12px 16px 16px;border:1px solid var(--bm-line);border-radius:8px}
.bitmapist .bm-tiles>section:has(tr>:nth-child(9)){grid-column:1/-1}
.bitmapist .bm-tiles h2{margin:0 0 6px}
.bitmapist .bm-tiles .bm-picture{max-width:100%;height:auto}
.bitmapist .bm-tiles .bm-roomy~.bm-scroll{max-height:18em;overflow:auto}
.bitmapist .bm-export{margin:12px 2px 0;display:flex;flex-wrap:wrap;gap:4px 16px}
.bitmapist .bm-problem{margin:16px 0;padding:10px 14px;border:1px solid var(--bm-edge);border-left:4px solid var(--bm-edge);border-radius:6px;overflow-wrap:anywhere}
.bitmapist .bm-people{display:grid;grid-template-columns:repeat(auto-fill,minmax(8em,1fr));gap:4px 16px;margin:16px 0;padding:0;list-style:none;overflow-wrap:anywhere}
.bitmapist .bm-people.bm-named{grid-template-columns:repeat(auto-fill,minmax(min(100%,22em),1fr))}
.bitmapist code{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.94em;overflow-wrap:anywhere}
@media screen and (max-width:600px){
.bitmapist .bm-top{padding:10px 12px 8px}
.bitmapist nav{width:100%;overflow-x:auto}
.bitmapist nav ul{flex-wrap:nowrap;width:max-content}
.bitmapist main{padding:4px 12px 32px}
}
@media print{
.bitmapist nav,.bitmapist .bm-more{display:none}
}
`;
