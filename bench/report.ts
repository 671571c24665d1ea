/** Rows as a table for the terminal, as Markdown and as JSON. */
import { cpus } from 'node:os';
import type { Row } from './suite.js';

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
const WIDTHS = [58, 10, 24, 10, 9, 9, 3];

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
  const lines = [HEADERS, HEADERS.map(() => '---'), ...rows.map(toCells)];
  return [
    '# Benchmark results',
    '',
    `${machine()}. Written by \`npm run bench\`. The ratio says how many times as fast (or small) as the peer ours is.`,
    '',
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
    '',
  ].join('\n');
}

export function toJson(rows: readonly Row[]): string {
  return `${JSON.stringify({ machine: machine(), rows }, null, 2)}\n`;
}

function machine(): string {
  const processors = cpus();
  return `${processors.length} × ${processors[0]?.model ?? 'unknown processor'}, Node ${process.version}`;
}

function formatFigure(value: number, unit: Row['unit']): string {
  if (unit === 'bytes') return formatBytes(value);
  if (value < 1) return `${formatNumber(value * 1000)} µs`;
  return value < 1000 ? `${formatNumber(value)} ms` : `${formatNumber(value / 1000)} s`;
}

function formatBytes(value: number): string {
  if (value < 1024) return `${value} B`;
  return value < 2 ** 20 ? `${formatNumber(value / 1024)} KiB` : `${formatNumber(value / 2 ** 20)} MiB`;
}

function formatRatio(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}

function formatNumber(value: number): string {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}
