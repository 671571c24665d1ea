import { useLayoutEffect, useRef } from 'preact/hooks';

interface MarkupProps {
  readonly render: () => string;
  /** What the markup depends on. */
  readonly of: readonly unknown[];
}

/**
 * What a renderer of reports makes, which escapes what it did not write. Renderers use the library that draws this page, which
 * cannot draw two things at once: they come to their turn when the page stands.
 */
export function Markup({ render, of }: MarkupProps) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    box.current!.innerHTML = render();
  }, of);
  return <div ref={box} />;
}
