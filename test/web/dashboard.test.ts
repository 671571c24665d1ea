import { describe, expect, it, vi } from 'vitest';
import { Bitmapist, BudgetError } from '../../src/index.js';
import { measures } from '../../src/measures.js';
import { MemoryPeople } from '../../src/people.js';
import { MemoryStore } from '../../src/store/memory.js';
import { createDashboard, type DashboardOptions } from '../../src/web/index.js';
import { attributeOf, elementsOf, findActive, parseStrictly, textOf } from '../support/report/markup.js';
import { get, INJECTED, makeDashboard, makeEvents, ORIGIN } from '../support/web/dashboard.js';

const TREND = 'events=active&from=2026-11-20&to=2026-11-22';

describe('a dashboard', () => {
  it('shows saved questions and every measure, with links to all of them', async () => {
    const response = await get(await makeDashboard({ title: 'Our <app>' }), '');
    expect(response.status).toBe(200);
    const page = parseStrictly(await response.text());
    expect(elementsOf(page, 'h1').map(textOf)).toEqual(['Our <app>']);
    const links = elementsOf(page, 'a').map((link) => attributeOf(link, 'href'));
    for (const { name } of measures) expect(links).toContain(`analytics/${name}`);
    expect(links).toContain('analytics/saved?name=Activity%2C+%3Cb%3Eby%3C%2Fb%3E+day');
  });

  it.each(measures.map(({ name }) => name))('has a form for %s, and sends what it shows', async (name) => {
    const dashboard = await makeDashboard();
    const page = parseStrictly(await (await get(dashboard, `/${name}`)).text());
    const [form] = elementsOf(page, 'form');
    expect(attributeOf(form!, 'action')).toBe(name);
    const fields = new URLSearchParams();
    for (const control of elementsOf(form!)) {
      const field = attributeOf(control, 'name');
      if (field === undefined || attributeOf(control, 'type') === 'checkbox') continue;
      const options = elementsOf(control, 'option');
      const chosen = options.find((option) => attributeOf(option, 'selected') !== undefined) ?? options[0];
      const value = attributeOf(chosen ?? control, 'value') ?? '';
      const isMissing = value === '' && attributeOf(control, 'required') !== undefined;
      fields.append(field, isMissing ? 'active' : value);
    }
    for (const { kind, name: field, least = 0 } of measures.find((each) => each.name === name)!.fields) {
      if (kind !== 'expressions') continue;
      fields.delete(field);
      for (let at = 0; at < least; at += 1) fields.append(field, `active@2026-1${at}`);
    }
    const answered = await get(dashboard, `/${name}?${fields}`);
    const html = await answered.text();
    expect(answered.status, textOf(parseStrictly(html))).toBe(200);
    expect(html).toContain('<table');
    expect((await get(dashboard, `/${name}.csv?${fields}`)).status).toBe(200);
    expect(await (await get(dashboard, `/${name}.svg?${fields}`)).text()).toMatch(/^<svg/);
    expect(
      ((await (await get(dashboard, `/${name}.json?${fields}`)).json()) as { measure: string }).measure,
    ).toBe(name);
  });

  it('answers as CSV, SVG and JSON', async () => {
    const dashboard = await makeDashboard();
    const csv = await get(dashboard, `/trend.csv?${TREND}`);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="trend.csv"');
    expect(await csv.text()).toBe('Period,active\r\n2026-11-20,0\r\n2026-11-21,3\r\n2026-11-22,0\r\n');
    const svg = await get(dashboard, `/trend.svg?${TREND}`);
    expect(svg.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
    const table = (await (await get(dashboard, `/trend.json?${TREND}`)).json()) as {
      rows: { cells: { count: number }[] }[];
    };
    expect(table.rows[0]!.cells.map(({ count }) => count)).toEqual([0, 3, 0]);
  });

  it('breaks answers down by flags and segments', async () => {
    const dashboard = await makeDashboard({ segments: { customers: 'pro@unique & signup@2026-11' } });
    const csv = await (await get(dashboard, `/trend.csv?${TREND}&by=pro&by=customers`)).text();
    expect(csv).toBe('Period,pro,customers\r\n2026-11-20,0,0\r\n2026-11-21,2,1\r\n2026-11-22,0,0\r\n');
    const page = await (await get(dashboard, `/trend?${TREND}&by=pro`)).text();
    expect(page).toContain('active · pro');
    const cohort = 'select1=signup&select2=active&time_group=weeks&by=pro&by=signup';
    expect((await get(dashboard, `/cohort.svg?${cohort}`)).status).toBe(400);
    const tables = await (await get(dashboard, `/cohort.json?${cohort}`)).json();
    expect(tables).toHaveLength(2);
  });

  it('leaves the instance that it was given as it was', async () => {
    const bitmapist = await makeEvents();
    bitmapist.defineSegment('customers', 'active@{period} & pro@unique');
    const dashboard = createDashboard(bitmapist, {
      path: '/analytics',
      authorize: () => true,
      segments: { others: 'customers@{period} & ~signup@2026-11' },
    });
    const csv = await (
      await get(dashboard, '/trend.csv?events=customers&events=others&from=2026-11-21')
    ).text();
    expect(csv).toBe('Period,customers,others\r\n2026-11-21,2,1\r\n2026-11-22,0,0\r\n');
    expect(bitmapist.segmentNames).toEqual(['customers']);
  });

  it('shows saved questions one by one, and all on one page', async () => {
    const dashboard = await makeDashboard();
    const one = await get(dashboard, '/saved?name=Weekly+retention');
    expect(elementsOf(parseStrictly(await one.text()), 'h1').map(textOf)).toEqual(['Weekly retention']);
    const all = parseStrictly(await (await get(dashboard, '/all')).text());
    expect(elementsOf(all, 'h2').map(textOf)).toEqual(['Weekly retention', 'Activity, <b>by</b> day']);
    expect(await (await get(dashboard, '/all.json')).json()).toHaveLength(2);
    expect((await get(dashboard, '/saved?name=nothing')).status).toBe(404);
    expect((await get(dashboard, '/saved')).status).toBe(404);
    expect((await get(dashboard, '/saved?name=__proto__')).status).toBe(404);
  });

  it('says of names that nobody has that nobody has them, with the nearest there is', async () => {
    const dashboard = await makeDashboard();
    const page = await (await get(dashboard, '/trend?events=actve')).text();
    expect(textOf(parseStrictly(page))).toContain('no event "actve" here; did you mean "active"?');
    const offering = await makeDashboard({ events: [{ name: 'signup', label: 'Signed up' }] });
    expect(await (await get(offering, `/trend.json?${TREND}`)).text()).toContain('"notes":[]');
    expect(await (await get(offering, '/trend.json?events=actve')).text()).toContain('did you mean');
  });

  it('offers what it is told, by its label', async () => {
    const dashboard = await makeDashboard({ events: ['active', { name: 'signup', label: 'Signed <up>' }] });
    const page = parseStrictly(await (await get(dashboard, '/trend')).text());
    const options = elementsOf(page, 'option').map((option) => [
      attributeOf(option, 'value'),
      textOf(option),
    ]);
    expect(options).toContainEqual(['signup', 'Signed <up>']);
    expect(await (await get(dashboard, '/api/events')).json()).toEqual({
      events: [
        { name: 'active', label: 'active' },
        { name: 'signup', label: 'Signed <up>' },
      ],
      segments: [],
    });
  });

  it('says so if there are no events yet', async () => {
    const options = { path: '/analytics', authorize: () => true };
    const page = async (given: Partial<DashboardOptions>): Promise<string> =>
      (await get(createDashboard(new Bitmapist(), { ...options, ...given }), '/trend')).text();
    expect(await page({})).toContain('There are no events here yet');
    expect(await page({ events: ['active'] })).not.toContain('There are no events');
    expect(await (await get(await makeDashboard(), '/trend')).text()).not.toContain('There are no events');
  });

  it('lists the events of a store once for all who ask', async () => {
    class Listed extends MemoryStore {
      times = 0;
      override keys(...args: Parameters<MemoryStore['keys']>): ReturnType<MemoryStore['keys']> {
        this.times += 1;
        return super.keys(...args);
      }
    }
    const store = new Listed();
    const dashboard = createDashboard(new Bitmapist({ store }), { path: '/', authorize: () => true });
    await Promise.all(Array.from({ length: 5 }, () => dashboard(new Request(`${ORIGIN}/trend`))));
    expect(store.times).toBe(1);
  });

  it.each(INJECTED)('shows the name %j as what it is', async (name) => {
    const dashboard = await makeDashboard({ people: true, segments: { [`${name}!`]: 'active@{period}' } });
    const fields = new URLSearchParams({ events: name, from: '2026-11-20' });
    for (const address of ['/trend', `/trend?${fields}&by=${encodeURIComponent(name)}`]) {
      const response = await get(dashboard, address);
      expect(response.status).toBe(200);
      const page = parseStrictly(await response.text());
      expect(textOf(page).includes('\u202e')).toBe(false);
      expect(findActive(page).filter((active) => active !== 'script' && active !== 'b')).toEqual([]);
      expect(elementsOf(page, 'script')).toHaveLength(1);
    }
    const linked = parseStrictly(await (await get(dashboard, `/trend?${fields}`)).text());
    const cell = elementsOf(linked, 'td').flatMap((each) => elementsOf(each, 'a'))[0]!;
    const url = new URL(attributeOf(cell, 'href')!, `${ORIGIN}/analytics/trend`);
    const people = parseStrictly(await (await dashboard(new Request(url))).text());
    expect(elementsOf(people, 'h1').map(textOf)).toEqual(['1 person']);
    expect(elementsOf(people, 'ul').at(-1)).toSatisfy((list) => textOf(list as never) === '7');
  });
});

describe('people', () => {
  it('are shown behind numbers only if that is wished for', async () => {
    const closed = await makeDashboard();
    expect(await (await get(closed, `/trend?${TREND}`)).text()).not.toContain('people?query');
    for (const address of ['/people?query=active@2026-11', '/people.csv?query=active@2026-11']) {
      expect((await get(closed, address)).status).toBe(403);
    }
    const open = await makeDashboard({ people: true });
    expect(await (await get(open, `/trend?${TREND}`)).text()).toContain('people?query=active%402026-11-21');
  });

  it('are shown by their texts, if they have any', async () => {
    const people = new MemoryPeople();
    const bitmapist = new Bitmapist({ people, clock: () => new Date('2026-11-22') });
    const texts = Array.from({ length: 250 }, (_, at) => `user-${at}`);
    await bitmapist.markUnique('web', ['=1+1', '<b>\u202eb</b>', ...texts]);
    await bitmapist.markUnique('web', 4_000_000);
    const dashboard = createDashboard(bitmapist, { path: '/analytics', authorize: () => true, people: true });
    const page = parseStrictly(await (await get(dashboard, '/people?query=web@unique')).text());
    const listed = (node: typeof page): string[] => elementsOf(node, 'li').slice(-200).map(textOf);
    expect(elementsOf(page, 'h1').map(textOf)).toEqual(['253 people']);
    expect(listed(page).slice(0, 3)).toEqual(['=1+1', '<b>\\u202eb</b>', 'user-0']);
    const next = elementsOf(page, 'a').find((link) => textOf(link) === 'The next 200')!;
    const address = attributeOf(next, 'href')!;
    const second = parseStrictly(await (await get(dashboard, `/${address}`)).text());
    expect(elementsOf(second, 'li').slice(-2).map(textOf)).toEqual(['user-249', '4000000']);
    const csv = await (await get(dashboard, '/people.csv?query=web@unique')).text();
    const lines = csv.trimEnd().split('\r\n');
    expect(lines).toHaveLength(254);
    expect([...lines.slice(0, 2), ...lines.slice(-2)]).toEqual(['person', `"'=1+1"`, 'user-249', '4000000']);
    expect(await people.size()).toBe(252);
  });

  it('are counted, listed in pages and sent as CSV', async () => {
    const bitmapist = await makeEvents();
    await bitmapist.markUnique(
      'many',
      Uint32Array.from({ length: 100_000 }, (_, id) => id * 2),
    );
    const dashboard = createDashboard(bitmapist, { path: '/analytics', authorize: () => true, people: true });
    const page = parseStrictly(await (await get(dashboard, '/people?query=many@unique')).text());
    expect(elementsOf(page, 'h1').map(textOf)).toEqual(['100,000 people']);
    const next = elementsOf(page, 'a').find((link) => textOf(link) === 'The next 200');
    expect(attributeOf(next!, 'href')).toBe('people?query=many%40unique&after=398');
    const second = parseStrictly(await (await get(dashboard, '/people?query=many@unique&after=398')).text());
    expect(textOf(elementsOf(second, 'li').at(-200)!)).toBe('400');
    const csv = await (await get(dashboard, '/people.csv?query=many@unique')).text();
    const lines = csv.trimEnd().split('\r\n');
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([100_001, 'person', '199998']);
    expect(await (await get(dashboard, '/people.csv?query=nobody@unique')).text()).toBe('person\r\n');
    const nobody = await (await get(dashboard, '/people?query=mny@unique')).text();
    expect(nobody).toContain('no event &quot;mny&quot; here; did you mean &quot;many&quot;?');
    expect((await get(dashboard, '/people?query=many')).status).toBe(400);
    expect((await get(dashboard, '/people')).status).toBe(400);
    expect((await get(dashboard, '/people?query=many@unique&after=x')).status).toBe(400);
    expect((await get(dashboard, '/people?query=many@unique&after=9999999999')).status).toBe(400);
  });
});

describe('the API', () => {
  const ask = async (body: unknown, address = '/api/ask', type = 'application/json'): Promise<Response> =>
    get(await makeDashboard(), address, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': type },
    });
  const question = { measure: 'trend', events: ['active'], from: '2026-11-20', to: '2026-11-22' };
  const rows = [0, 3, 0].map((count, at) => ({ period: `2026-11-2${at}`, counts: [count] }));

  it('answers an address with a table or rows', async () => {
    const dashboard = await makeDashboard();
    const table = (await (await get(dashboard, `/api/ask?measure=trend&${TREND}`)).json()) as object;
    expect(table).toMatchObject({ measure: 'trend', layout: 'series' });
    expect(await (await get(dashboard, `/api/ask?measure=trend&${TREND}&format=rows`)).json()).toEqual(rows);
  });

  it('answers a document, or a list of them', async () => {
    expect(await (await ask(question, '/api/ask?format=rows')).json()).toEqual(rows);
    const both = await (await ask([question, { ...question, by: ['pro'] }], '/api/ask?format=rows')).json();
    expect(both).toEqual([
      { measure: 'trend', title: 'active', rows },
      {
        measure: 'trend',
        title: 'active · pro',
        by: 'pro',
        rows: rows.map(({ period, counts: [count] }) => ({ period, counts: [count === 3 ? 2 : 0] })),
      },
    ]);
    expect(await (await ask([question, question])).json()).toHaveLength(2);
  });

  it('takes segments along with a question, and forgets them', async () => {
    const dashboard = await makeDashboard();
    const post = (document: object): Promise<Response> =>
      get(dashboard, '/api/ask?format=rows', {
        method: 'POST',
        body: JSON.stringify(document),
        headers: { 'content-type': 'application/json; charset=utf-8' },
      });
    const segments = { mine: 'active@{period} & ~pro@unique' };
    const own = await (await post({ ...question, events: ['mine'], segments })).json();
    expect(own).toEqual(
      rows.map(({ period, counts: [count] }) => ({ period, counts: [count === 3 ? 1 : 0] })),
    );
    const after = await (await post({ ...question, events: ['mine'] })).json();
    expect(after).toEqual(rows.map(({ period }) => ({ period, counts: [0] })));
    const two = [
      { ...question, segments: { a: 'pro@unique' } },
      { ...question, segments: { a: 'active@{period}' } },
    ];
    expect((await post(two)).status).toBe(400);
  });

  it('has a schema of what it reads', async () => {
    const schema = (await (await get(await makeDashboard(), '/api/schema')).json()) as { $defs: object };
    expect(Object.keys(schema.$defs)).toEqual(['question', ...measures.map(({ name }) => name)]);
  });

  it.each([
    ['no JSON', '{', 400],
    ['no UTF-8', '\ud800', 400],
    ['no question', [], 400],
    ['too many questions', Array.from({ length: 21 }, () => question), 400],
    ['another measure', { measure: 'trent' }, 400],
    ['another argument', { ...question, event: 'a' }, 400],
    ['an argument of the prototype', '{"measure":"trend","events":["a"],"__proto__":{"unit":"day"}}', 400],
    ['no events', { measure: 'trend' }, 400],
    ['a broken expression', { measure: 'series', expressions: ['active@'] }, 400],
    ['a circle of segments', { ...question, events: ['a'], segments: { a: 'a@{period}' } }, 400],
    ['deep nesting', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, 400],
    [
      'a table too large for a page',
      { measure: 'cohort', select1: 'a', select2: 'a', numResults: 10_000, numOfRows: 10_000 },
      400,
    ],
    ['a large body', { ...question, from: ' '.repeat(70_000) }, 413],
  ])('refuses %s with a sentence', async (_, body, status) => {
    const response = await ask(body);
    expect(response.status).toBe(status);
    const { error } = (await response.json()) as { error: string };
    expect(error).toMatch(/expected /);
    expect(error).not.toMatch(/node_modules|file:|internal error/);
  });

  it('takes nothing that a form of another site can send', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', '']) {
      expect((await ask(question, '/api/ask', type)).status).toBe(415);
    }
    const dashboard = await makeDashboard();
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
    expect((await get(dashboard, `/api/ask?measure=trend&${TREND}`, { headers })).status).toBe(403);
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await get(dashboard, `/trend?${TREND}`, { headers: link })).status).toBe(200);
  });
});

describe('a request', () => {
  it('is answered only if it is authorized, whatever it asks for', async () => {
    const asked: string[] = [];
    const dashboard = await makeDashboard({
      authorize: (request) => {
        asked.push(`${request.method} ${new URL(request.url).pathname}`);
        return false;
      },
    });
    for (const [method, address] of [
      ['GET', ''],
      ['GET', '/nothing'],
      ['DELETE', '/trend'],
      ['POST', '/api/ask'],
      ['GET', `/trend?${'x'.repeat(10_000)}`],
    ] as const) {
      expect((await get(dashboard, address, { method })).status).toBe(403);
    }
    expect(asked).toHaveLength(5);
  });

  it('gets the response of who authorizes, if there is one', async () => {
    const dashboard = await makeDashboard({
      authorize: async () => new Response('login', { status: 401, headers: { 'www-authenticate': 'Basic' } }),
    });
    const response = await get(dashboard, '');
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Basic']);
  });

  it('is not answered by what is nearly true', async () => {
    for (const almost of [undefined, null, 1, 'yes', {}]) {
      const dashboard = await makeDashboard({ authorize: (() => almost) as never });
      expect((await get(dashboard, '')).status).toBe(403);
    }
  });

  it('learns nothing of what went wrong while it was authorized', async () => {
    const onError = vi.fn();
    for (const fault of [
      new Error('redis://user:secret@10.0.0.1'),
      new TypeError('expected a session, got none at redis://user:secret@10.0.0.1'),
      new BudgetError(2, 1, 1),
      'secret',
      null,
    ]) {
      onError.mockClear();
      const dashboard = await makeDashboard({ authorize: () => Promise.reject(fault), onError });
      const response = await get(dashboard, '');
      expect(response.status).toBe(500);
      expect(await response.text()).toBe('something went wrong here\n');
      expect(onError).toHaveBeenCalledExactlyOnceWith(fault, expect.any(Request));
    }
  });

  it.each([
    ['/nothing', 404],
    ['/trend/', 404],
    ['//trend', 404],
    ['/trend.xml', 404],
    ['/all.svg', 404],
    ['/api', 404],
    ['/api/ask/', 404],
    ['/constructor', 404],
    ['/__proto__', 404],
    ['/%2e%2e/%2e%2e/etc/passwd', 404],
    ['s', 404],
    ['/trend?events=active&unit=nix', 400],
    ['/trend?events=active&events=&from=tomorrow', 400],
    ['/trend?unit=day&unit=week&events=active', 400],
    ['/trend.csv', 400],
    ['/trend.csv?events=active&from=1000-01-01', 400],
    ['/series?expressions=((((', 400],
    ['/cohort?select1=a&select2=b&num_results=10000&num_of_rows=10000', 400],
    ['/api/ask', 400],
    ['/api/ask?measure=trend&events=active&format=xml', 400],
    [`/trend?events=${'x'.repeat(8200)}`, 414],
  ])('for %s is refused', async (address, status) => {
    const response = await get(await makeDashboard(), address);
    expect(response.status).toBe(status);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).not.toMatch(/node_modules|file:|\.js:|internal error/);
  });

  it('for what is none of its pages gets one with the way to the others', async () => {
    for (const [address, root] of [
      ['/trends', './'],
      ['/trend/', '../'],
      ['//trend', '../'],
      ['/a/b/c', '../../'],
    ] as const) {
      const text = await (await get(await makeDashboard(), address)).text();
      expect(text).toContain('There is nothing here');
      expect(text).toContain(`<a href="${root}trend">Trend</a>`);
    }
    const response = await get(await makeDashboard(), '/api/asks', { method: 'POST', body: '1' });
    expect([response.status, await response.json()]).toEqual([404, { error: 'there is nothing here' }]);
  });

  it('that is refused is shown with what was filled in, also with what cannot be', async () => {
    const dashboard = await makeDashboard();
    const series = await get(
      dashboard,
      '/series?expressions=active%40&expressions=pro&time_group=weeks&by=pro',
    );
    expect(series.status).toBe(400);
    const text = await series.text();
    expect(text).toContain('name="expressions" value="active@"');
    expect(text).toContain('name="expressions" value="pro"');
    expect(text).toContain('<option value="weeks" selected');
    expect(text).toMatch(/name="by"[^>]* value="pro"/);
    const trend = await (await get(dashboard, '/trend?events=active&unit=month&from=tomorrow&any=1')).text();
    expect(trend).toMatch(/name="events"[^>]* value="active"/);
    expect(trend).toContain('<option value="month" selected');
    expect(trend).toMatch(/name="any" value="1" checked/);
    expect(trend).not.toContain('value="tomorrow"');
    expect(trend).toContain('Expected from to be a date');
  });

  it('of another method is told which there are', async () => {
    const dashboard = await makeDashboard();
    for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'POST', 'PROPFIND']) {
      const response = await get(dashboard, '/trend', { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    }
    const response = await get(dashboard, '/api/ask', { method: 'PUT' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });

  it('of HEAD gets the headers of GET', async () => {
    const dashboard = await makeDashboard({ people: true });
    for (const address of ['', `/trend.csv?${TREND}`, '/people.csv?query=active@2026-11', '/nothing']) {
      const [got, head] = [await get(dashboard, address), await get(dashboard, address, { method: 'HEAD' })];
      expect([head.status, head.headers.get('etag'), head.headers.get('content-type')]).toEqual([
        got.status,
        got.headers.get('etag'),
        got.headers.get('content-type'),
      ]);
      expect(await head.text()).toBe('');
      await got.body?.cancel();
    }
  });

  it('gets a policy that lets nothing in, and no cookie', async () => {
    const dashboard = await makeDashboard();
    for (const address of ['', `/trend?${TREND}`, `/trend.svg?${TREND}`, '/api/schema', '/nothing']) {
      const { headers } = await get(dashboard, address);
      const policy = headers.get('content-security-policy')!;
      expect(policy).toMatch(/^default-src 'none'; style-src '(none|nonce-[\w+/=]{24})';/);
      expect(policy).toMatch(/form-action 'self'; base-uri 'none'; frame-ancestors 'self'$/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.has('set-cookie')).toBe(false);
    }
  });

  it('never gets the same nonce twice', async () => {
    const dashboard = await makeDashboard();
    const nonces = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const response = await get(dashboard, '/trend');
        const nonce = /'nonce-([^']+)'/.exec(response.headers.get('content-security-policy')!)![1]!;
        expect((await response.text()).split(`nonce="${nonce}"`)).toHaveLength(3);
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(10);
  });

  it('is told that nothing is new as long as nothing is', async () => {
    const bitmapist = await makeEvents();
    const dashboard = createDashboard(bitmapist, { path: '/analytics', authorize: () => true });
    for (const address of [
      `/trend?${TREND}`,
      `/trend.csv?${TREND}`,
      `/trend.svg?${TREND}`,
      `/trend.json?${TREND}`,
    ]) {
      const first = await get(dashboard, address);
      const tag = first.headers.get('etag')!;
      expect(first.headers.get('cache-control')).toBe('private, no-cache');
      const headers = { 'if-none-match': `"other", ${tag}` };
      const again = await get(dashboard, address, { headers });
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
      expect(again.headers.has('content-security-policy')).toBe(false);
      await bitmapist.markEvent('active', 9, { now: '2026-11-20' });
      expect((await get(dashboard, address, { headers })).status).toBe(200);
      await bitmapist.unmarkEvent('active', 9, { now: '2026-11-20' });
    }
  });

  it('beyond a limit is refused with a sentence', async () => {
    const large = await makeDashboard({ limits: { bytes: 1, numbers: 5 } });
    const budget = await get(
      large,
      '/cohort.csv?select1=active&select2=signup&time_group=months&num_results=1&num_of_rows=0',
    );
    expect(budget.status).toBe(413);
    expect(await budget.text()).toMatch(/expected to read at most 1 byte, got a question that needs/);
    const numbers = await get(large, '/trend.json?events=active');
    expect(numbers.status).toBe(400);
    expect(await numbers.text()).toMatch(/expected a question of at most 5 numbers, got one of 31/);
  });
});

describe('making a dashboard', () => {
  it('needs somebody who authorizes', () => {
    expect(() => createDashboard(new Bitmapist(), { path: '/' } as never)).toThrow('expected authorize');
  });

  it.each(['analytics', '', '/a?b', '/a#b', '/a b', '/a/../b', '//host/a', undefined])(
    'refuses the path %j',
    (path) => {
      const options = { path: path as string, authorize: () => true };
      expect(() => createDashboard(new Bitmapist(), options)).toThrow('expected a path such as "/analytics"');
    },
  );

  it('refuses what is no limit, question or segment, with its name', () => {
    const make = (options: object) => () =>
      createDashboard(new Bitmapist(), { path: '/', authorize: () => true, ...options });
    expect(make({ limits: { concurrency: 0 } })).toThrow('expected the limit concurrency');
    expect(make({ saved: { Mine: { measure: 'trend' } } })).toThrow('saved question "Mine": expected events');
    expect(make({ segments: { a: 'b@' } })).toThrow('expected');
  });

  it.each([
    ['/', '/trend', './'],
    ['/analytics', '/analytics', 'analytics/'],
    ['/analytics/', '/analytics/', './'],
    ['/a/b', '/a/b', 'b/'],
    ['/a/b', '/a/b/trend', './'],
  ])('at %s links from %s by %s', async (path, address, root) => {
    const dashboard = createDashboard(new Bitmapist(), { path, authorize: () => true });
    const response = await dashboard(new Request(ORIGIN + address));
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(`href="${root}cohort"`);
  });
});
