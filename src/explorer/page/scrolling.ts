/**
 * Says on an element that scrolls sideways whether there is more before and after what is seen (`data-more`: `before`,
 * `after`, or both), for a style sheet to show. Ends with the function returned.
 */
export function showEdges(element: HTMLElement): () => void {
  const update = (): void => {
    const { scrollLeft, scrollWidth, clientWidth } = element;
    const before = scrollLeft > 1 ? 'before' : '';
    const after = scrollLeft + clientWidth < scrollWidth - 1 ? 'after' : '';
    element.dataset.more = `${before} ${after}`.trim();
  };
  const observer = new ResizeObserver(update);
  observer.observe(element);
  element.addEventListener('scroll', update, { passive: true });
  return () => {
    observer.disconnect();
    element.removeEventListener('scroll', update);
  };
}
