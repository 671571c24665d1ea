/** Rows as a table for the terminal, as Markdown and as JSON. */
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Figure, Row } from './suite.js';

const HEADERS = ['work', 'ours', 'peer', '', 'ratio', 'target', 'met'] as const;

export function toCells(row: Row): string[] {
  return [
    row.name,
    formatFigure(row.ours, row.unit),
    row.peerName,
    row.peer === undefined ? (row.note ?? 'absent') : formatFigure(row.peer, row.unit),
    row.ratio === undefined ? '' : `${formatRatio(row.ratio)} ×`,
    row.target === undefined ? '' : `≥ ${formatRatio(row.target)} ×`,
    row.met === undefined ? '' : row.met ? 'yes' : 'no',
  ];
}

/** Widths fit most rows; a line is printed as soon as its row is there. */
const WIDTHS = [64, 24, 24, 24, 9, 9, 3];

export function toLine(row: Row): string {
  return padCells(toCells(row));
}

export function headerLine(): string {
  return padCells(HEADERS);
}

function padCells(cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(WIDTHS[index]!))
    .join(' ')
    .trimEnd();
}

export function toMarkdown(rows: readonly Row[]): string {
  const sections = [...new Set(rows.map(({ bench }) => bench))].map((bench) => {
    const lines = rows.filter((row) => row.bench === bench).map(toCells);
    const table = [HEADERS, HEADERS.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
    return ['', `## ${bench}`, '', ...table].join('\n');
  });
  return [
    '# Benchmark results',
    '',
    `${machine()}. Written by \`npm run bench\`: medians, and in brackets between what four out of five samples lie. The ratio`,
    'says how many times as fast (or small) as the peer ours is.',
    ...sections,
    '',
  ].join('\n');
}

export function toJson(rows: readonly Row[]): string {
  return `${JSON.stringify({ machine: machine(), rows }, null, 2)}\n`;
}

/** Processors of one name differ in how fast servers and we can count: by generation, and by an instruction for it. */
export function machine(): string {
  const processors = cpus();
  const info = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  const family = /^cpu family\s*: (\d+)$/m.exec(info)?.[1];
  const traits = [
    ...(family === undefined ? [] : [`family ${family}`]),
    ...(info.includes('avx512_vpopcntdq') ? ['AVX-512 VPOPCNTDQ'] : []),
  ];
  const model = [processors[0]?.model ?? 'unknown processor', ...traits].join(', ');
  return `${processors.length} × ${model}; Node ${process.version}`;
}

export function formatFigure({ value, spread }: Figure, unit: Row['unit']): string {
  if (unit === 'bytes') return formatBytes(value);
  const [factor, name] = value < 1 ? [1000, 'µs'] : value < 1000 ? [1, 'ms'] : [1 / 1000, 's'];
  const format = (time: number) => formatNumber(time * factor);
  const range = spread === undefined ? '' : ` (${spread.map(format).join('–')})`;
  return `${format(value)} ${name}${range}`;
}

function formatBytes(value: number): string {
  if (value < 1024) return `${value} B`;
  return value < 2 ** 20 ? `${formatNumber(value / 1024)} KiB` : `${formatNumber(value / 2 ** 20)} MiB`;
}

export function formatRatio(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}

function formatNumber(value: number): string {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}
