import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { problemOf } from './state.js';

interface SaveButtonProps {
  readonly name: string;
  readonly type: string;
  /** What is saved; nothing where there is none. */
  readonly make: () => Content | Promise<Content> | undefined;
  readonly isDisabled?: boolean;
  readonly children: ComponentChildren;
}

type Content = Blob | string | null | undefined;

/** Makes a file and hands it to the reader. */
export function SaveButton({ name, type, make, isDisabled = false, children }: SaveButtonProps) {
  const [failure, setFailure] = useState('');
  const save = async (): Promise<void> => {
    try {
      const content = await make();
      if (content) saveFile(name, new Blob([content], { type }));
      setFailure('');
    } catch (error) {
      setFailure(problemOf(error).message);
    }
  };
  return (
    <>
      {failure && (
        <span role="alert" class="warning">
          {failure}
        </span>
      )}
      <button type="button" disabled={isDisabled} onClick={save}>
        {children}
      </button>
    </>
  );
}

function saveFile(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken hold of the content by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A chart of the page as a file that looks the same without the page's style sheet. */
export function standaloneSvg(chart: SVGSVGElement): string {
  const copy = chart.cloneNode(true) as SVGSVGElement;
  const originals = [chart, ...chart.querySelectorAll<SVGElement>('*')];
  const copies = [copy, ...copy.querySelectorAll<SVGElement>('*')];
  for (const [index, original] of originals.entries()) {
    const style = getComputedStyle(original);
    for (const property of STYLES) copies[index]!.setAttribute(property, style.getPropertyValue(property));
    copies[index]!.removeAttribute('class');
    copies[index]!.removeAttribute('style');
  }
  const { width, height } = chart.getBoundingClientRect();
  const background = getComputedStyle(chart.closest('.card') ?? document.body).backgroundColor;
  const paper = document.createElementNS(SVG, 'rect');
  for (const side of ['width', 'height']) paper.setAttribute(side, '100%');
  paper.setAttribute('fill', background);
  copy.prepend(paper);
  copy.setAttribute('xmlns', SVG);
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  return new XMLSerializer().serializeToString(copy);
}

const SVG = 'http://www.w3.org/2000/svg';

/** What the page's style sheet says about charts. */
const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linejoin',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
];
