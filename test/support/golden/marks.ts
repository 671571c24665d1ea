import type { Mark } from '../measures/sets.js';
import { readGolden } from './files.js';

/** The rows of real event data as marks of the plain model. */
export function readMarks(name: string): Mark[] {
  const lines = readGolden(`data/${name}.csv.gz`).toString().trimEnd().split('\n').slice(1);
  return lines.map((line) => {
    const [user, seconds, event] = line.split(',') as [string, string, string];
    return { event, id: Number(user), at: Number(seconds) * 1000 };
  });
}
