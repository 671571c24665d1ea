import prettyBytes from 'pretty-bytes';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { type KeyKind, type OtherKeys, plural, printable } from '../index.js';
import { grouped } from './output.js';

/** What a source holds, and as a table for people. */

/** What there is of one event, or of all. */
export interface Holdings {
  /** Number of keys that stand for a period of each unit, and of dateless flags. */
  readonly keys: Readonly<Record<KeyKind, number>>;
  /** The first and the last period that has a key, as `EventHistory` tells them. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Distinct ids. */
  readonly ids: number;
  /** Bytes of the bitmaps as Redis holds them, and as portable Roaring. */
  readonly bytes: number;
  readonly roaringBytes: number;
}

/** What a source holds. */
export interface Inventory {
  readonly events: readonly (Holdings & { readonly event: string })[];
  readonly total: Holdings;
  readonly others: OtherKeys;
}

/** One line per event and one of all. A table wider than `width`, in columns of a terminal, continues below, in blocks. */
export function formatHoldings(
  { events, total, others }: Inventory,
  width = Number.POSITIVE_INFINITY,
): string {
  const names = events.map(({ event }) => printable(event));
  const labels = [...names, `${grouped(events.length)} ${plural(events.length, 'event')}`];
  const columns = COLUMNS.filter(({ kind }) => kind === undefined || total.keys[kind] > 0).map(
    ({ title, align, textOf }) => column(title, align, [...events, total].map(textOf)),
  );
  const blocks = arrange(column('Event', 'left', labels), columns, width).map(renderBlock);
  const about = explainOthers(others).map((line) => wrap(line, width));
  return [...blocks, ...about].map((text) => `${text.replace(/ +$/gm, '')}\n`).join('\n');
}

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Of every event, and of all. */
  readonly texts: readonly string[];
  /** Columns of a terminal. */
  readonly width: number;
}

function column(title: string, align: Column['align'], texts: readonly string[]): Column {
  return { title, align, texts, width: Math.max(...[title, ...texts].map((text) => stringWidth(text))) };
}

interface ColumnRule extends Pick<Column, 'title' | 'align'> {
  /** Left out if there is no key of this kind. */
  readonly kind?: KeyKind;
  readonly textOf: (holdings: Holdings) => string;
}

function counted(title: string, kind: KeyKind): ColumnRule {
  const textOf = ({ keys }: Holdings): string => (keys[kind] === 0 ? '' : grouped(keys[kind]));
  return { title, align: 'right', kind, textOf };
}

function sized(title: string, bytesOf: (holdings: Holdings) => number): ColumnRule {
  return { title, align: 'right', textOf: (holdings) => prettyBytes(bytesOf(holdings), { binary: true }) };
}

const COLUMNS: readonly ColumnRule[] = [
  { title: 'From', align: 'left', textOf: ({ from }) => from ?? '' },
  { title: 'To', align: 'left', textOf: ({ to }) => to ?? '' },
  counted('Months', 'month'),
  counted('Weeks', 'week'),
  counted('Days', 'day'),
  counted('Hours', 'hour'),
  counted('Flag', 'unique'),
  { title: 'Ids', align: 'right', textOf: ({ ids }) => grouped(ids) },
  sized('Raw', ({ bytes }) => bytes),
  sized('Compressed', ({ roaringBytes }) => roaringBytes),
];

const GAP = '  ';
/** Names are continued in further lines before the table is in further blocks, but not in narrower ones than this. */
const MIN_LABEL_WIDTH = 16;
/** What names take of a table in blocks, at most. */
const LABEL_SHARE = 1 / 3;

/** Blocks that begin with the labels and together have all columns. */
function arrange(label: Column, columns: readonly Column[], width: number): Column[][] {
  const widthOf = (all: readonly Column[]): number =>
    all.reduce((sum, { width }) => sum + GAP.length + width, 0);
  const room = width - widthOf(columns);
  if (room >= Math.min(label.width, MIN_LABEL_WIDTH)) return [[wrapped(label, room), ...columns]];
  const narrow = wrapped(label, Math.max(1, Math.floor(width * LABEL_SHARE)));
  const blocks: Column[][] = [];
  for (const next of columns) {
    const block = blocks.at(-1);
    if (block !== undefined && widthOf([...block.slice(1), next]) <= width - narrow.width) block.push(next);
    else blocks.push([narrow, next]);
  }
  return blocks;
}

function wrapped(label: Column, width: number): Column {
  if (label.width <= width) return label;
  return { ...label, texts: label.texts.map((text) => wrap(text, width)), width };
}

function wrap(text: string, width: number): string {
  return stringWidth(text) <= width ? text : wrapAnsi(text, width, { hard: true, trim: false });
}

function renderBlock(columns: readonly Column[]): string {
  const lineOf = (texts: readonly string[]): string => {
    const cells = columns.map(({ align, width }, at) => {
      const gap = ' '.repeat(Math.max(0, width - stringWidth(texts[at]!)));
      return align === 'left' ? texts[at] + gap : gap + texts[at];
    });
    return cells.join(GAP);
  };
  const rows = columns[0]!.texts.map((_, row) => columns.map(({ texts }) => texts[row]!));
  const [head, ...others] = [columns.map(({ title }) => title), ...rows].map((texts) => {
    const lines = texts.map((text) => text.split('\n'));
    const height = Math.max(...lines.map(({ length }) => length));
    return Array.from({ length: height }, (_, at) => lineOf(lines.map((line) => line[at] ?? ''))).join('\n');
  });
  return [head, ...others.slice(0, -1), '', others.at(-1)].join('\n');
}

function explainOthers({ count, examples }: OtherKeys): string[] {
  if (count === 0) return [];
  const names = examples.map((key) => printable(JSON.stringify(key))).join(', ');
  const such = examples.length === 0 ? '' : `, such as ${names}`;
  return [`${grouped(count)} other ${plural(count, 'key')}${such}`];
}
