/**
 * Fills docs/performance.md: what stands between `<!-- bench NAME -->` and `<!-- end -->` there is made of rows of a run, and
 * so is its picture. Everything else on the page is written by hand.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { markdownTable } from 'markdown-table';
import { SIZES } from './cohorts.js';
import { LINK_SIZES, LINKS } from './link.js';
import { type Bar, drawBars } from './picture.js';
import { formatFigure, formatRatio, machine } from './report.js';
import { DAYS, formatIds, nameOf, type Size } from './retention.js';
import type { Figure, Row } from './suite.js';

const PAGE = new URL('../docs/performance.md', import.meta.url);
const PICTURE = new URL('../docs/performance.svg', import.meta.url);

export function writePage(rows: readonly Row[]): void {
  const found = new Rows(rows);
  const parts: Record<string, string> = {
    machine: `${machine()}, ${found.server}.`,
    tables: table(tableLines(found)),
    shares: table(shareLines(found)),
    links: table(linkLines(found)),
    marks: table(markLines(found)),
  };
  const page = readFileSync(PAGE, 'utf8').replace(
    /(<!-- bench (\w+) -->\n).*?(?=<!-- end -->)/gs,
    (_all, head: string, name: string) => `${head}\n${parts[name]}\n\n`,
  );
  writeFileSync(PAGE, page);
  writeFileSync(PICTURE, drawBars(`A cohort table, ${found.server}`, groupsOf(found)));
}

/** Rows by the work they are of and by whom they compare with. */
class Rows {
  readonly #rows: readonly Row[];
  /** The newest Redis there is, since that is the strongest peer. */
  readonly server: string;

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
    const servers = rows.flatMap(({ name }) => /\b(?:Redis|Valkey) \d[\d.]*/.exec(name)?.[0] ?? []);
    // Redis after Valkey, and by their versions.
    const rank = (server: string) => server.replace('Redis', 'z');
    const ascending = servers.sort((a, b) => rank(a).localeCompare(rank(b), 'en', { numeric: true }));
    this.server = ascending.at(-1) ?? 'no server';
  }

  named(name: string, peerName?: string): Row {
    const row = this.#rows.find(
      (each) => each.name === name && (peerName ?? each.peerName) === each.peerName,
    );
    if (row === undefined)
      throw new Error(`expected a row "${name}" against ${peerName ?? 'anyone'}, got none`);
    return row;
  }

  of(bench: string): readonly Row[] {
    return this.#rows.filter((row) => row.bench === bench);
  }

  /** What one size of table costs on this server. */
  table(size: Size) {
    const row = (kind: string, peerName?: string) => this.named(nameOf(size, this.server, kind), peerName);
    const cpu = row("cold, the server's CPU");
    return {
      peer: row('cold, received client'),
      script: row('cold', 'one EVAL').peer!,
      cold: row('cold').ours,
      floor: row('cold', 'bare socket + kernel').peer!,
      received: row('cold, received client').ours,
      cached: row('cached').ours,
      kernel: row('cached', 'kernel alone').peer!,
      cpu: { ours: cpu.ours, script: cpu.peer! },
    };
  }
}

function labelOf({ ids, density }: Size): string {
  return `${formatIds(ids)} ids, ${density * 100} %`;
}

function tableLines(rows: Rows): string[][] {
  const head = ['', 'on the server', 'cold', 'cached', "server's CPU: there", 'ours'];
  return [
    head,
    ...SIZES.map((size) => {
      const { peer, cold, cached, cpu } = rows.table(size);
      const server = peer.peer!;
      return [
        labelOf(size),
        ms(server),
        `${ms(cold)} (${times(server, cold)})`,
        `${ms(cached)} (${times(server, cached)})`,
        ms(cpu.script),
        `${ms(cpu.ours)} (${times(cpu.script, cpu.ours)})`,
      ];
    }),
  ];
}

/** Where the time of a cold table goes: the kernel, what reading adds to it at the least, and what we add to that. */
function shareLines(rows: Rows): string[][] {
  const head = ['', 'bytes', 'kernel', 'reading', 'the rest', 'cold', 'over a received client'];
  return [
    head,
    ...SIZES.map((size) => {
      const { kernel, floor, cold, received } = rows.table(size);
      return [
        labelOf(size),
        bytesOf(size),
        ms(kernel),
        added(floor, kernel),
        added(cold, floor),
        ms(cold),
        ms(received),
      ];
    }),
  ];
}

/** What `whole` takes longer than a part of it, as far as that can be told. */
function added(whole: Figure, part: Figure): string {
  return whole.value > part.value ? ms({ value: whole.value - part.value }) : '0';
}

function linkLines(rows: Rows): string[][] {
  const kinds = LINK_SIZES.flatMap((size) => [`${labelOf(size)}: cold`, 'cached', 'one EVAL']);
  return [
    ['link', ...kinds],
    ...LINKS.map((link) => [
      link.name,
      ...LINK_SIZES.flatMap((size) => {
        const name = nameOf(size, `${rows.server} over ${link.name}`);
        const [cold, cached] = ['cold', 'cached'].map((kind) => rows.named(`${name}, ${kind}`));
        return [ms(cold!.ours), ms(cached!.ours), ms(cold!.peer!)];
      }),
    ]),
  ];
}

function markLines(rows: Rows): string[][] {
  const shown = [...rows.of('marks'), ...rows.of('lookups')].filter(
    ({ name }) => !/(Redis|Valkey) \d/.test(name) || name.endsWith(rows.server),
  );
  return [
    ['work', 'ours', 'by hand', '', 'ratio'],
    ...shown.map(({ name, unit, ours, peerName, peer, ratio }) => {
      const work = name.replace(`, ${rows.server}`, '');
      return [work, formatFigure(median(ours), unit), peerName, ms(peer!), `${formatRatio(ratio!)} ×`];
    }),
  ];
}

function groupsOf(rows: Rows) {
  return SIZES.map((size) => {
    const { peer, cold, floor, cached, kernel } = rows.table(size);
    const bars: [string, Figure, Bar['kind']][] = [
      ['on the server', peer.peer!, 'peer'],
      ['cold', cold, 'ours'],
      ['bare socket + kernel', floor, 'floor'],
      ['cached', cached, 'ours'],
      ['kernel alone', kernel, 'floor'],
    ];
    return {
      title: labelOf(size),
      bars: bars.map(([label, { value }, kind]) => ({ label, milliseconds: value, kind })),
    };
  });
}

function table(lines: readonly (readonly string[])[]): string {
  return markdownTable(lines, { align: lines[0]!.map((_cell, index) => (index === 0 ? 'l' : 'r')) });
}

function bytesOf({ ids }: Size): string {
  return `${((DAYS * Math.ceil(ids / 8)) / 2 ** 20).toFixed(1)} MiB`;
}

function ms(figure: Figure): string {
  return formatFigure(median(figure), 'ms');
}

function median({ value }: Figure): Figure {
  return { value };
}

function times(peer: Figure, ours: Figure): string {
  return `${formatRatio(peer.value / ours.value)} ×`;
}
