import { useEffect, useRef, useState } from 'preact/hooks';
import { printable, type Table } from '../../index.js';
import { renderHtmlTable, renderSvg } from '../../report.js';
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
  const isGrid = table.layout === 'triangle' || table.layout === 'matrix';
  const render = (): string =>
    isGrid ? renderHtmlTable(table, { inlineStyle: false }) : renderSvg(table, { width, inlineStyle: false });
  return (
    <div
      ref={box}
      class="picture"
      {...(isGrid ? {} : { role: 'group', 'aria-label': printable(table.title), tabIndex: 0 })}
    >
      {width > 0 && <Markup render={render} of={[table, isGrid ? 0 : width]} />}
    </div>
  );
}
