import { useEffect, useRef, useState } from 'preact/hooks';
import { printable, type Table } from '../../index.js';
import { renderHtmlTable, renderSvg, viewTable } from '../../report.js';
import { Markup } from './markup.js';

/** A table at a glance, as its layout wants to be seen, as wide as there is room. */
export function Picture({ table }: { readonly table: Table }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  // Cells of a heatmap are numbers to be read, and scroll on a phone by themselves; pictures have a least width.
  const isGrid = isHeatmap(table);
  const render = (): string =>
    isGrid
      ? renderHtmlTable(table, { inlineStyle: false })
      : renderSvg(table, { width, bare: true, inlineStyle: false });
  return (
    <div class="pictured">
      {!isGrid && <About table={table} />}
      <div
        ref={box}
        class="picture"
        {...(isGrid ? {} : { role: 'group', 'aria-label': printable(table.title), tabIndex: 0 })}
      >
        {width > 0 && <Markup render={render} of={[table, isGrid ? 0 : width]} />}
      </div>
    </div>
  );
}

/** Whether a table is its own picture: its cells are coloured, and not drawn as anything else. */
export function isHeatmap(table: Table): boolean {
  return table.layout !== 'steps' && viewTable(table).scale !== undefined;
}

/** What a picture is of, in lines that break; those within it do not. */
function About({ table }: { readonly table: Table }) {
  const { title, subtitle, notes } = viewTable(table);
  return (
    <>
      <h3>{title}</h3>
      <p class="muted">{subtitle}</p>
      {notes.map((note) => (
        <p key={note} class="muted">
          {note}
        </p>
      ))}
    </>
  );
}
