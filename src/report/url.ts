/**
 * An address for a link or form: relative or http(s), so that none runs as a script.
 * @throws TypeError for any other
 */
export function checkUrl(url: string): string {
  if (!URL.canParse(url, BASE) || !/^https?:$/.test(new URL(url, BASE).protocol)) {
    throw new TypeError(`expected a relative or http(s) address, got ${JSON.stringify(url)}`);
  }
  return url;
}

const BASE = 'http://localhost/';
