import { describe, expect, it } from 'vitest';
import { hasGolden } from '../golden/files.js';
import { readMarks } from '../golden/marks.js';
import { readAnswers, rounded } from './answers.js';
import { funnel, People, rowsOf } from './sets.js';

describe.skipIf(!hasGolden)('plain sets, person by person', () => {
  it('say of real data what the plain program says, set by set', { tags: 'long' }, () => {
    const marks = readMarks('git_redis');
    const known = new Map<string, People>();
    for (const { question, now, timeZone, among, rows, entries, times } of readAnswers('git_redis')) {
      const asked = [now, timeZone, among].join();
      const people = known.get(asked) ?? peopleOf(among, { now: Date.parse(now), timeZone });
      known.set(asked, people);
      expect(
        rowsOf(people, question).map((row) => rounded(row as object)),
        JSON.stringify(question),
      ).toEqual(rows);
      if (question.measure === 'funnel') expect(funnel(people, question)).toEqual({ rows, entries, times });
    }

    function peopleOf(flag: string | undefined, clock: ConstructorParameters<typeof People>[1]): People {
      const all = new Set(marks.filter(({ event }) => event === (flag ?? event)).map(({ id }) => id));
      return new People(
        marks.filter(({ id }) => all.has(id)),
        clock,
      );
    }
  });
});
