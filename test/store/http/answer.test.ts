import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { HttpStore } from '../../../src/store/http/http.js';
import { type Host, rangeOf } from '../../support/servers/host.js';
import {
  type Answer,
  BITMAPS,
  behave,
  COUNTS,
  KIB,
  LONG,
  noise,
  openHost,
  provideHost,
  SHORT,
} from '../../support/store/published.js';

let host: Host;

provideHost((each) => {
  host = each;
});

/** The count, asked for over several windows, or the message of the `StoreError`. */
async function outcomeOf(event: 'short' | 'long', isIndexed: boolean): Promise<number | string> {
  const question = openHost(host, isIndexed).query(`${event}@2026-11`);
  // One slot for the window at hand, one for the next.
  return question.count({ memoryBytes: 2 * 64 * KIB }).catch((error: unknown) => {
    expect(error).toBeInstanceOf(StoreError);
    return (error as Error).message;
  });
}

/** `right` is the right count; a pattern, the message of an error; `undefined`, what nobody can tell from a bitmap. */
type Outcome = 'right' | RegExp | undefined;

const PAGE = '<!doctype html><title>Welcome</title>'.repeat(3);
const serveAs =
  (type: string): Answer =>
  (request, response) =>
    host.serve(request, response, { 'Content-Type': type });
const page =
  (type: string, status = 200): Answer =>
  (_, response) =>
    response.writeHead(status, { 'Content-Type': type }).end(PAGE);
const part =
  (headerOf: (from: number, last: number, length: number) => string | undefined): Answer =>
  (request, response) => {
    const file = host.fileOf(request)!;
    const [from, asked] = rangeOf(request)!;
    const last = Math.min(asked, file.length - 1);
    const header = headerOf(from, last, file.length);
    response.writeHead(206, header === undefined ? {} : { 'Content-Range': header });
    response.end(file.subarray(from, last + 1));
  };
const packed =
  (status: number): Answer =>
  (request, response) => {
    const file = gzipSync(host.fileOf(request)!);
    const range = { 'Content-Range': `bytes 0-${file.length - 1}/${file.length}` };
    const headers = { 'Content-Encoding': 'gzip', 'Content-Length': file.length };
    response.writeHead(status, status === 206 ? { ...headers, ...range } : headers).end(file);
  };
const redirect =
  (location: (url: string) => string, answer: Answer): Answer =>
  (request, response) => {
    if (request.url!.startsWith('/bitmaps/')) {
      response.writeHead(302, { Location: location(request.url!) }).end();
      return;
    }
    request.url = `/bitmaps/${request.url!.split(/[/=]/).at(-1)}`;
    answer(request, response);
  };
let answers = 0;
const changing =
  (name: string): Answer =>
  (request, response) =>
    host.serve(request, response, { [name]: `"${answers++}"` });
const others =
  (change: (file: Uint8Array) => Uint8Array): Answer =>
  (request, response) => {
    const name = request.url!.replace('/bitmaps/', '');
    const file = host.files.get(name)!;
    host.files.set(name, change(file));
    host.serve(request, response);
    host.files.set(name, file);
  };
const ignoringRanges =
  (answer: Answer): Answer =>
  (request, response) => {
    delete request.headers.range;
    answer(request, response);
  };
const longer = (file: Uint8Array): Uint8Array => Buffer.concat([file, Uint8Array.of(255)]);
const shorter = (file: Uint8Array): Uint8Array => file.subarray(0, -1);

const BEHAVIOURS: Record<string, { answer: Answer; plain: Outcome; indexed: Outcome }> = {
  'gives files no type': { answer: (a, b) => host.serve(a, b), plain: 'right', indexed: 'right' },
  'calls them bytes': { answer: serveAs('application/octet-stream'), plain: 'right', indexed: 'right' },
  'calls them bytes as S3 does': {
    answer: serveAs('binary/octet-stream'),
    plain: 'right',
    indexed: 'right',
  },
  'calls them text': {
    answer: serveAs('text/plain; charset=utf-8'),
    plain: /got "text\/plain", which is believed only with an index/,
    indexed: 'right',
  },
  'calls them by a type of its own': {
    answer: serveAs('application/x-bitmap'),
    plain: /got "application\/x-bitmap", which/,
    indexed: 'right',
  },
  'calls them a page': {
    answer: serveAs('Text/HTML; charset=utf-8'),
    plain: /got "text\/html"$/,
    indexed: /got "text\/html"$/,
  },
  'calls them JSON': { answer: serveAs('application/json'), plain: /got "app/, indexed: /got "app/ },
  'calls them XHTML': {
    answer: serveAs('application/xhtml+xml'),
    plain: /got "application\/xh/,
    indexed: /got "application\/xh/,
  },
  'calls them a picture': { answer: serveAs('image/png'), plain: /got "image/, indexed: /got "image/ },
  'shows one page under every path': {
    answer: page('text/html'),
    plain: /expected a bitmap \(application\/octet-stream\) at http.*, got "text\/html"$/,
    indexed: /got "text\/html"$/,
  },
  'shows one text under every path': {
    answer: page('text/plain'),
    plain: /got "text\/plain"/,
    indexed: /(bytes of "trackist_.*, as the index says|at most 40 bytes)/,
  },
  'gives one page of bytes under every path': {
    answer: page('application/octet-stream'),
    plain: undefined,
    indexed: /(bytes of "trackist_.*, as the index says|at most 40 bytes)/,
  },
  'wants a sign-in, on a page of its own': {
    answer: redirect((url) => `/login?next=${url}`, page('text/html')),
    plain: /got "text\/html"/,
    indexed: /got "text\/html"/,
  },
  'wants a sign-in, on a page without a type': {
    answer: redirect(
      (url) => `/login?next=${url}`,
      (_, response) => response.writeHead(200).end(PAGE),
    ),
    plain: /got a redirection to http.*\/login\?next/,
    indexed: /(as the index says|at most 40 bytes)/,
  },
  'keeps files elsewhere': {
    answer: redirect(
      (url) => url.replace('/bitmaps/', '/elsewhere/'),
      (a, b) => host.serve(a, b),
    ),
    plain: 'right',
    indexed: 'right',
  },
  'keeps files elsewhere under other names': {
    answer: redirect(
      (url) => `/blob?file=${url.replace('/bitmaps/', '')}`,
      (a, b) => host.serve(a, b),
    ),
    plain: /got a redirection to/,
    indexed: 'right',
  },
  'has no content': { answer: (_, response) => response.writeHead(204).end(), plain: /204/, indexed: /204/ },
  'gives what others say of it': { answer: page('', 203), plain: /203/, indexed: /203/ },
  'forbids it': { answer: page('text/html', 403), plain: /403/, indexed: /403/ },
  'has lost its files': {
    answer: page('text/html', 404),
    plain: undefined,
    indexed: /expected (40|307200) bytes of "trackist_.*", as the index says, got no file$/,
  },
  'has other files, longer': {
    answer: others(longer),
    plain: undefined,
    indexed: /expected (40|307200) bytes of .*, as the index says, got (41|307201)$/,
  },
  'has other files, shorter': {
    answer: others(shorter),
    plain: undefined,
    indexed: /as the index says, got (39|307199)$/,
  },
  'has other files, empty': {
    answer: others(() => new Uint8Array(0)),
    plain: undefined,
    indexed: /as the index says, got 0$/,
  },
  'has other files, longer, and knows no ranges': {
    answer: ignoringRanges(others(longer)),
    plain: undefined,
    indexed: /expected at most (40|307200) bytes from http.*, got \d+$/,
  },
  'has other files, shorter, and knows no ranges': {
    answer: ignoringRanges(others(shorter)),
    plain: undefined,
    indexed: /as the index says, got (39|307199)$/,
  },
  'hides where parts lie': {
    answer: part(() => undefined),
    plain: /expected the length of "trackist_.*" in the header Content-Range/,
    indexed: 'right',
  },
  'hides how long files are': {
    answer: part((from, last) => `bytes ${from}-${last}/*`),
    plain: /expected the length of "trackist_.*" in the header Content-Range/,
    indexed: 'right',
  },
  'has other files, longer, and hides it': {
    answer: hidden(longer),
    plain: /expected the length of/,
    indexed: /expected \d+ bytes of "trackist_.*" from byte \d+ on, got \d+$/,
  },
  'has other files, shorter, and hides it': {
    answer: hidden(shorter),
    plain: /expected the length of/,
    indexed: /expected \d+ bytes of "trackist_.*" from byte \d+ on, got \d+$/,
  },
  'gives parts that begin elsewhere': {
    answer: part((from, last, length) => `bytes ${from + 1}-${last + 1}/${length}`),
    plain: /expected bytes from 0 on of http.*, got those from 1 on/,
    indexed: /got those from 1 on/,
  },
  'gives parts that end elsewhere': {
    answer: part((from, last, length) => `bytes ${from}-${last - 1}/${length}`),
    plain: /from byte 0 on, got \d+$/,
    indexed: /from byte 0 on, got \d+$/,
  },
  'counts in other units': {
    answer: part((from, last, length) => `items ${from}-${last}/${length}`),
    plain: /got Content-Range: "items/,
    indexed: /got Content-Range: "items/,
  },
  'gives several parts at once': {
    answer: serveAs('multipart/byteranges; boundary=x'),
    plain: /got "multipart\/byteranges"/,
    indexed: /got "multipart\/byteranges"/,
  },
  'says of every part that it lies past the end': {
    answer: (request, response) =>
      response.writeHead(416, { 'Content-Range': `bytes */${host.fileOf(request)!.length}` }).end(),
    plain: /got the status 416 and a length of \d+/,
    indexed: /got the status 416 and a length of \d+/,
  },
  'says of every part that it lies past an end it does not name': {
    answer: (_, response) => response.writeHead(416).end(),
    plain: /got the status 416 without a length/,
    indexed: /got the status 416 without a length/,
  },
  'says of every file that it is empty': {
    answer: (_, response) => response.writeHead(416, { 'Content-Range': 'bytes */0' }).end(),
    plain: undefined,
    indexed: /as the index says, got 0$/,
  },
  'knows no ranges': {
    answer: ignoringRanges((a, b) => host.serve(a, b)),
    plain: 'right',
    indexed: 'right',
  },
  'packs files on the way': { answer: packed(200), plain: 'right', indexed: 'right' },
  'gives parts of files as it packed them': {
    answer: packed(206),
    plain: /got a part of them packed \(gzip\)/,
    indexed: /got a part of them packed \(gzip\)/,
  },
};

function hidden(change: (file: Uint8Array) => Uint8Array): Answer {
  return (request, response) => {
    const file = change(host.fileOf(request)!);
    const [from, last] = rangeOf(request)!;
    response.writeHead(206).end(file.subarray(from, last + 1));
  };
}

describe.each(Object.entries(BEHAVIOURS))('a host that %s', (_, { answer, plain, indexed }) => {
  it.each(['short', 'long'] as const)('makes no wrong number of a %s bitmap', async (event) => {
    behave(host, answer);
    for (const [isIndexed, expected] of [
      [false, plain],
      [true, indexed],
    ] as const) {
      if (expected === undefined) continue;
      const outcome = await outcomeOf(event, isIndexed);
      if (expected === 'right') expect(outcome).toBe(COUNTS[event]);
      else expect(outcome).toMatch(expected);
    }
  });
});

describe('a file that is replaced while a question reads it', () => {
  it.each(['ETag', 'Last-Modified'])('is noticed by its %s', async (header) => {
    behave(host, changing(header));
    for (const isIndexed of [false, true]) {
      expect(await outcomeOf('long', isIndexed)).toBe(
        `expected "${LONG}" to stay as it is while it is read, got another version of it`,
      );
      expect(await outcomeOf('short', isIndexed)).toBe(COUNTS.short);
    }
  });

  it.each(['"1"', 'W/"1"'])('is the same one under the tag %s', async (tag) => {
    behave(host, (request, response) => host.serve(request, response, { ETag: answers++ % 2 ? tag : '"1"' }));
    expect(await outcomeOf('long', false)).toBe(COUNTS.long);
  });

  it('is noticed by its length, and when it is gone', async () => {
    let asked = 0;
    behave(host, (request, response) => {
      if (asked++ === 2) host.publish(LONG, noise(301 * KIB, 2));
      host.serve(request, response);
    });
    expect(await outcomeOf('long', false)).toBe(`expected 307200 bytes of "${LONG}", as before, got 308224`);
    asked = 0;
    behave(host, (request, response) => {
      if (asked++ === 2) host.files.delete(LONG);
      host.serve(request, response);
    });
    expect(await outcomeOf('long', false)).toBe(`expected 308224 bytes of "${LONG}", as before, got no file`);
  });

  it('is read by the next question, with the index that belongs to it', async () => {
    const published = openHost(host, true);
    expect(await published.query('short@2026-11').count()).toBe(COUNTS.short);
    host.publish(SHORT, Uint8Array.of(255, 255));
    host.publishIndex('index.json', { [SHORT]: 2 });
    await expect(published.query('short@2026-11').count()).rejects.toThrow('as the index says, got 2');
    expect(await published.query('short@2026-11').count()).toBe(16);
  });
});

it('an answer that left https on the way is refused', async () => {
  const fetch = async (url: string): Promise<Response> => {
    const response = new Response(noise(40, 1) as BodyInit);
    return Object.defineProperties(response, {
      redirected: { value: true },
      url: { value: url.replace('https:', 'http:') },
    });
  };
  const store = new HttpStore('https://example.com/bitmaps/', { fetch });
  await expect(store.byteLengths([SHORT])).rejects.toThrow(
    `expected an answer over https from https://example.com/bitmaps/${SHORT}, got one from http://`,
  );
});

it('a question about one id is answered as well, or refused', async () => {
  const isMarked = (id: number): boolean => ((BITMAPS[LONG]![id >> 3]! >> (7 - (id & 7))) & 1) === 1;
  for (const id of [0, 1_000_000, 2_457_599, 2_457_600]) {
    expect(await openHost(host, false).query('long@2026-11').has(id)).toBe(id < 2_457_600 && isMarked(id));
    expect(await openHost(host, true).query('long@2026-11').has(id)).toBe(id < 2_457_600 && isMarked(id));
  }
  behave(host, page('text/html'));
  for (const isIndexed of [false, true]) {
    await expect(openHost(host, isIndexed).query('long@2026-11').has(1)).rejects.toThrow('got "text/html"');
  }
  behave(
    host,
    part(() => undefined),
  );
  await expect(openHost(host, false).query('long@2026-11').has(1)).rejects.toThrow('expected the length of');
});

it('a page in place of the index is none', async () => {
  host.behave = (_, response) => !!response.writeHead(200, { 'Content-Type': 'text/html' }).end(PAGE);
  await expect(openHost(host, true).eventNames()).rejects.toThrow(
    `expected an index of keys in JSON at ${host.url}/index.json, got text/html that is no index`,
  );
  host.behave = (_, response) =>
    !!response.writeHead(200).end(Buffer.from('{"trackist_\xe9_u": 1}', 'latin1'));
  await expect(openHost(host, true).eventNames()).rejects.toThrow('expected an index of keys in JSON');
});
