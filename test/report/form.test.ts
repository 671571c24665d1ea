import fc from 'fast-check';
import { parseFragment } from 'parse5';
import { describe, expect, it } from 'vitest';
import {
  type CohortArguments,
  cohort,
  frequency,
  funnel,
  lifecycle,
  type Measure,
  overlap,
  parseForm,
  ratio,
  retention,
  rolling,
  similar,
  trend,
} from '../../src/measures.js';
import { formScript, type HtmlFormOptions, renderHtmlForm, reportStylesheet } from '../../src/report.js';
import { hasGolden, readGoldenJson } from '../support/golden/files.js';
import {
  attributeOf,
  type Element,
  elementsOf,
  findActive,
  parseStrictly,
  textOf,
} from '../support/report/markup.js';
import { HOSTILE_NAMES } from '../support/report/tables.js';

const EVENTS = [['Are active', 'active'], '---', ['Played a song', 'song:play'], 'merge'] as const;

function read(options: Partial<HtmlFormOptions<CohortArguments>> = {}) {
  return readHtml(renderHtmlForm(cohort, { actionUrl: '/cohort', events: EVENTS, ...options }));
}

function readHtml(html: string) {
  const root = parseStrictly(html);
  const fields = [...elementsOf(root, 'input'), ...elementsOf(root, 'select')];
  const currentOf = (field: (typeof fields)[number]): string | undefined => {
    const chosen = elementsOf(field, 'option').find(
      (option) => attributeOf(option, 'selected') !== undefined,
    );
    return attributeOf(chosen ?? field, 'value');
  };
  return {
    root,
    values: Object.fromEntries(fields.map((field) => [attributeOf(field, 'name'), currentOf(field)])),
    /** What fields of a name offer. */
    choices: (name: string) => {
      const field = fields.find((each) => attributeOf(each, 'name') === name)!;
      const id = attributeOf(field, 'list');
      const list = elementsOf(root, 'datalist').find((each) => attributeOf(each, 'id') === id) ?? field;
      return elementsOf(list, 'option').map((option) => [textOf(option), attributeOf(option, 'value')]);
    },
  };
}

describe('renderHtmlForm', () => {
  it('offers words that may stand instead of a name, first', () => {
    const html = renderHtmlForm(retention, { actionUrl: '/', events: EVENTS, chosen: { return: 'merge' } });
    const { values, choices } = readHtml(html);
    expect(values).toMatchObject({ start: 'active', entry: 'every', return: 'merge', mode: 'exact' });
    expect(choices('entry')).toEqual([
      ['everybody', 'every'],
      ['for the first time', 'first'],
      ...choices('start'),
    ]);
  });

  it('sends the fields of the reference, under its names, by GET', () => {
    const { root, values } = read();
    const [form] = elementsOf(root, 'form');
    expect([attributeOf(form!, 'method'), attributeOf(form!, 'action')]).toEqual(['get', '/cohort']);
    expect(values).toEqual({
      select1: 'active',
      select1b: '',
      select2: 'active',
      select2b: '',
      time_group: 'days',
      as_percent: '1',
      num_results: '31',
      num_of_rows: '12',
      start_date: '',
    });
  });

  it('shows what was chosen before, listed or not', () => {
    const { values } = read({
      chosen: {
        select1: 'merge',
        select1b: 'gone since',
        select2: 'song:play',
        select2b: 'active',
        timeGroup: 'months',
        as: 'counts',
        numResults: 5,
        numOfRows: 0,
        startDate: '2026-11-22',
      },
    });
    expect(values).toMatchObject({
      select1: 'merge',
      select1b: 'gone since',
      select2: 'song:play',
      select2b: 'active',
      time_group: 'months',
      as_percent: '0',
      num_results: '5',
      num_of_rows: '0',
      start_date: '2026-11-22',
    });
  });

  it('shows events by their labels, everywhere the same unless told otherwise', () => {
    const { choices } = read();
    expect(choices('select1')).toEqual([
      ['Are active', 'active'],
      ['Played a song', 'song:play'],
      ['merge', 'merge'],
    ]);
    expect(choices('select1b')).toEqual([['—', ''], ...choices('select1')]);
    expect(choices('select2')).toEqual(choices('select1'));
    expect(choices('select2b')).toEqual(choices('select1b'));
  });

  it('shows the name behind a label that others have, or that is a name', () => {
    const events = [['Twice', 'once'], ['Twice', 'again'], ['merge', 'activity'], 'merge', ['', 'x'], 'gone'];
    const chosen = { select1: 'Again', select2: 'Twice (once)' };
    const { choices } = read({ events: events as [string, string][], chosen });
    expect(choices('select1')).toEqual([
      ['Twice (once)', 'once'],
      ['Twice (again)', 'again'],
      ['merge (activity)', 'activity'],
      ['merge', 'merge'],
      ['x', 'x'],
      ['gone', 'gone'],
      ['Again', 'Again'],
    ]);
    // Nothing else is called so.
    expect(choices('select2').filter(([text]) => text === 'Twice (once)')).toEqual([
      ['Twice (once)', 'Twice (once)'],
    ]);
    expect(choices('select2')[0]).toEqual(['once', 'once']);
  });

  it('lets names without labels be typed, and offers each list of them once', () => {
    const { root, values, choices } = read({ events: ['active', '---', 'merge', 'a (a)', 'a'] });
    const typed = elementsOf(root, 'input').filter((input) => attributeOf(input, 'type') === 'search');
    expect(typed.map((input) => attributeOf(input, 'name'))).toEqual([
      'select1',
      'select1b',
      'select2',
      'select2b',
    ]);
    expect(new Set(typed.map((input) => attributeOf(input, 'list'))).size).toBe(1);
    expect(values).toMatchObject({ select1: 'active', select1b: '' });
    expect(choices('select1').map(([, name]) => name)).toEqual(['active', 'merge', 'a (a)', 'a']);
    // And two lists of numbers.
    expect(elementsOf(root, 'datalist')).toHaveLength(3);
  });

  it('offers single fields events of their own', () => {
    const second = ['b', 'c'];
    const { choices } = read({ eventsOf: { select1b: ['a'], select2: second, select2b: second } });
    expect(choices('select1b')).toEqual([['', 'a']]);
    expect(choices('select2')).toEqual([
      ['', 'b'],
      ['', 'c'],
    ]);
    expect(choices('select2b')).toEqual(choices('select2'));
    expect(read({ eventsOf: { select2: ['b'] } }).values.select2).toBe('b');
  });

  it('asks for the arguments of any measure, a field more than there are events', () => {
    const html = renderHtmlForm(trend, {
      actionUrl: '/',
      events: EVENTS,
      chosen: { events: ['merge', 'active'], unit: 'week', any: true, to: '2026-11-22' },
    });
    const { root, values } = readHtml(html);
    expect(values).toEqual({ events: '', unit: 'week', from: '', to: '2026-11-22', any: '1' });
    const names = elementsOf(root, 'select').filter((field) => attributeOf(field, 'name') === 'events');
    expect(names.map(currentOf)).toEqual(['merge', 'active', '']);
    // The first must hold an event, so it does not offer to hold none.
    expect(names.map((field) => elementsOf(field, 'option').length)).toEqual([3, 4, 4]);
    expect(elementsOf(root, 'label').slice(0, 3).map(textOf)).toEqual(['Event 1', 'Event 2', 'Event 3']);
    expect(textOf(elementsOf(root, 'legend')[0]!)).toBe('Trend');
    const flag = elementsOf(root, 'input').find((input) => attributeOf(input, 'type') === 'checkbox');
    expect(attributeOf(flag!, 'checked')).toBeDefined();
    expect(readHtml(renderHtmlForm(trend, { actionUrl: '/', events: EVENTS })).values.events).toBe('');
  });

  it.each([cohort, retention, lifecycle, frequency, ratio, rolling, similar, trend] as Measure<never>[])(
    'can be sent as it is, of $name',
    (measure) => {
      const { root, values } = readHtml(renderHtmlForm(measure, { actionUrl: '/', events: EVENTS }));
      const missing = [...elementsOf(root, 'input'), ...elementsOf(root, 'select')].filter(
        (field) => attributeOf(field, 'required') !== undefined && currentOf(field) === '',
      );
      expect(missing.map((field) => attributeOf(field, 'name'))).toEqual([]);
      expect(() => parseForm(measure, values)).not.toThrow();
    },
  );

  it('asks for as many events as there must be', () => {
    const { root } = readHtml(renderHtmlForm(funnel, { actionUrl: '/', events: EVENTS }));
    const steps = elementsOf(root, 'select').filter((field) => attributeOf(field, 'name') === 'steps');
    expect(steps.map(currentOf)).toEqual(['active', '']);
    expect(attributeOf(steps[1]!, 'required')).toBeDefined();
  });

  it('asks for lists of expressions and of numbers, which arrive as they are shown', () => {
    const sets = ['active@2026-11', 'signup@2026-11 & ~merge@unique'];
    const html = renderHtmlForm(overlap, { actionUrl: '/', events: EVENTS, chosen: { sets } });
    const shown = elementsOf(parseStrictly(html), 'input').filter(
      (input) => attributeOf(input, 'name') === 'sets',
    );
    const texts = shown.map((input) => attributeOf(input, 'value')!);
    expect(texts).toEqual([...sets, '']);
    const sent = new URLSearchParams(texts.map((text) => ['sets', text]));
    expect(parseForm(overlap, sent).sets).toEqual(sets);
    const brackets = readHtml(
      renderHtmlForm(retention, { actionUrl: '/', events: EVENTS, chosen: { brackets: [1, 3, 7] } }),
    ).values;
    expect(brackets).toMatchObject({ brackets: '1,3,7' });
    const dated = { actionUrl: '/', events: EVENTS, chosen: { startDate: '2026-W47' } };
    expect(renderHtmlForm(cohort, dated)).toContain('<input type="text" name="start_date" value="2026-W47"');
  });

  it('shows an expression that is none, to be mended', () => {
    const chosen = { sets: ['active@', 'merge@2026-11'], universe: '(' };
    const html = renderHtmlForm(overlap, { actionUrl: '/', events: EVENTS, chosen });
    for (const text of [...chosen.sets, chosen.universe]) expect(html).toContain(`value="${text}"`);
  });

  it('shows what parseForm has read, whatever was sent', () => {
    for (const name of [...HOSTILE_NAMES, ' a ', '__proto__', 'x'.repeat(100_000)]) {
      const chosen = parseForm(cohort, { select1: name });
      expect(renderHtmlForm(cohort, { actionUrl: '/', events: [], chosen })).toMatch(/<form /);
    }
  });

  it('names every field in a label', () => {
    const { root, values } = read();
    const labelled = elementsOf(root, 'label').map((label) => {
      expect(textOf(label).trim()).not.toBe('');
      const id = attributeOf(label, 'for');
      const field =
        id === undefined
          ? [...elementsOf(label, 'input'), ...elementsOf(label, 'select')][0]
          : elementsOf(root).find((element) => attributeOf(element, 'id') === id);
      return attributeOf(field!, 'name');
    });
    expect(labelled.sort()).toEqual(Object.keys(values).sort());
  });

  it('sends along what the query of its address holds, which browsers would drop', () => {
    const { root, values } = read({ actionUrl: '/cohort?team=a%26b&x=%22&select1=old#top' });
    expect(attributeOf(elementsOf(root, 'form')[0]!, 'action')).toBe('/cohort#top');
    expect(values).toMatchObject({ team: 'a&b', x: '"', select1: 'active' });
    expect(elementsOf(root).filter((element) => attributeOf(element, 'name') === 'select1')).toHaveLength(1);
  });

  it('keeps two forms of a page apart by the prefix of their ids', () => {
    const ids = ['one', 'two'].flatMap((idPrefix) =>
      elementsOf(read({ idPrefix }).root).flatMap((element) => attributeOf(element, 'id') ?? []),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('brings its style and script along with the nonce, or not at all', () => {
    const { root } = read({ nonce: 'r4nd0m' });
    const [style, script] = [...elementsOf(root, 'style'), ...elementsOf(root, 'script')];
    expect([attributeOf(style!, 'nonce'), textOf(style!)]).toEqual(['r4nd0m', reportStylesheet]);
    expect([attributeOf(script!, 'nonce'), textOf(script!)]).toEqual(['r4nd0m', formScript]);
    const bare = read({ inlineStyle: false, inlineScript: false }).root;
    expect([...elementsOf(bare, 'style'), ...elementsOf(bare, 'script')]).toEqual([]);
    expect(findActive(bare)).toEqual([]);
  });

  it('keeps hostile names, labels and addresses text', () => {
    const text = fc.oneof(
      // Pages have no way to write control characters.
      fc.constantFrom(...HOSTILE_NAMES.filter((name) => !/\p{Cc}/u.test(name))),
      fc.string({ unit: fc.constantFrom(...'<>&"\'=`/a ') }),
    );
    fc.assert(
      fc.property(text, text, text, (name, label, startDate) => {
        const { root, values, choices } = read({
          actionUrl: `/cohort?${new URLSearchParams({ kept: name })}`,
          events: [[label, name]],
          chosen: { select1b: startDate, startDate },
          idPrefix: label,
          inlineScript: false,
        });
        expect(findActive(root)).toEqual([]);
        expect(values).toMatchObject({
          select1: name,
          select1b: startDate,
          start_date: startDate,
          kept: name,
        });
        const shown = choices('select1').filter(([, value]) => value !== '');
        expect(shown.map(([text, value]) => [text || value, value])).toEqual(
          name === '' ? [] : [[label || name, name]],
        );
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  it('refuses addresses that run, and groups and units that do not exist', () => {
    expect(() => read({ actionUrl: 'javascript:alert(1)' })).toThrow(TypeError);
    expect(() => read({ chosen: { timeGroup: 'quarters' as 'days' } })).toThrow(
      'expected days, weeks, months or years as time group, got "quarters"',
    );
    expect(() => read({ chosen: { as: 'both' as 'counts' } })).toThrow(RangeError);
  });
});

describe.skipIf(!hasGolden)('renderHtmlForm beside the reference', () => {
  it('has the fields of the reference with the same values, and more where that loses some', () => {
    const [plain, chosen] = recordedForms();
    const ours = readForm(
      renderHtmlForm(cohort, {
        actionUrl: '/_Cohort?x=1&y=2',
        events: [['Are Active', 'active']],
        inlineScript: false,
      }),
    );
    // Its query is sent along, which browsers drop from the reference's address.
    expect(ours).toEqual({ ...readForm(plain!.html), x: '1', y: '2' });
    const both = readForm(
      renderHtmlForm(cohort, {
        actionUrl: '/"><b>',
        events: [
          ['A "q" <b>', 'a"<'],
          ['B', 'b'],
        ],
        eventsOf: { select1b: [['X', 'x']], select2: [['C', 'c']], select2b: [['C', 'c']] },
        chosen: {
          timeGroup: 'months',
          select1: 'b',
          select1b: 'x',
          select2: 'c',
          as: 'counts',
          numResults: 5,
          numOfRows: 3,
          startDate: '2024-01-01',
        },
        inlineScript: false,
      }),
    );
    // The reference has no choice of 5 results and falls back to its first.
    expect(both).toEqual({ ...readForm(chosen!.html), num_results: '5' });
  });
});

/** The reference's forms, recorded with the same options. */
function recordedForms(): { html: string }[] {
  const { quirks } = readGoldenJson<{ quirks: { id: string; output: unknown }[] }>('expected/quirks.json.gz');
  return quirks.find(({ id }) => id === 'form_html')!.output as { html: string }[];
}

/** What a browser would send: the fields of a form with their values. The reference's is no valid HTML, and read as such. */
function readForm(html: string): Record<string, string> {
  const root = parseFragment(html);
  const fields = [...elementsOf(root, 'input'), ...elementsOf(root, 'select')];
  return Object.fromEntries(
    fields.flatMap((field) => {
      const name = attributeOf(field, 'name');
      return name === undefined ? [] : [[name, currentOf(field)]];
    }),
  );
}

function currentOf(field: Element): string {
  const options = elementsOf(field, 'option');
  const chosen = options.find((option) => attributeOf(option, 'selected') !== undefined) ?? options[0];
  return attributeOf(chosen ?? field, 'value') ?? '';
}
