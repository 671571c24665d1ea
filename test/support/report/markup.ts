import { type DefaultTreeAdapterMap, type ParserError, parse, parseFragment } from 'parse5';

type Node = DefaultTreeAdapterMap['node'];
export type Element = DefaultTreeAdapterMap['element'];

/** Parses HTML as a browser would and refuses what it would have to mend. */
export function parseStrictly(html: string): Node {
  const problems: string[] = [];
  const onParseError = ({ code, startLine, startCol }: ParserError): void => {
    problems.push(`${code} at ${startLine}:${startCol}`);
  };
  const root = html.startsWith('<!doctype')
    ? parse(html, { onParseError, sourceCodeLocationInfo: true })
    : parseFragment(html, { onParseError, sourceCodeLocationInfo: true });
  if (problems.length > 0) throw new Error(`expected valid HTML, got ${problems.join(', ')}`);
  return root;
}

/** All elements below a node in the order of the document, optionally those of one name. */
export function elementsOf(node: Node, name?: string): Element[] {
  const children = 'childNodes' in node ? node.childNodes : [];
  return children.flatMap((child) => [
    ...('tagName' in child && (name === undefined || child.tagName === name) ? [child] : []),
    ...elementsOf(child, name),
  ]);
}

export function attributeOf(element: Element, name: string): string | undefined {
  return element.attrs.find((attribute) => attribute.name === name)?.value;
}

export function textOf(node: Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

/** What a name must never become: an element that runs or loads something, or an attribute that does. */
export function findActive(node: Node): string[] {
  return elementsOf(node).flatMap((element) => [
    ...(/^(script|img|iframe|object|embed|link|base|b)$/.test(element.tagName) ? [element.tagName] : []),
    ...element.attrs.filter(({ name }) => /^(on|src|style)/.test(name)).map(({ name }) => name),
  ]);
}
