import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { argumentsSchema, cohort, measures, questionSchema, retention, trend } from '../../src/measures.js';

describe('the schema of the arguments', () => {
  it('says what a cohort takes, what it must have and what it has otherwise', () => {
    const { properties, required, ...schema } = argumentsSchema(cohort);
    expect(schema).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Retention',
      description: cohort.help,
      type: 'object',
      additionalProperties: false,
    });
    expect(required).toEqual(['select1', 'select2']);
    expect(Object.keys(properties)).toEqual(cohort.fields.map(({ name }) => name));
    expect(properties.select1).toMatchObject({ type: 'string', minLength: 1 });
    expect(properties.timeGroup).toMatchObject({
      enum: ['days', 'weeks', 'months', 'years'],
      default: 'days',
    });
    expect(properties.numOfRows).toMatchObject({ type: 'integer', minimum: 0, maximum: 10_000, default: 12 });
  });

  it('takes any name if there are words that may stand instead of it', () => {
    const { mode, entry } = argumentsSchema(retention).properties;
    expect(mode).toMatchObject({ enum: ['exact', 'on-or-after', 'on-or-before', 'bracket', 'streak'] });
    expect(entry).toMatchObject({ type: 'string', default: 'every' });
    expect(entry).not.toHaveProperty('enum');
  });

  it('says how many events a list may have', () => {
    expect(argumentsSchema(trend).properties).toMatchObject({
      events: { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true },
      any: { type: 'boolean' },
    });
  });
});

describe('the schema of questions', () => {
  it('has every measure under its name, with what it must be told', () => {
    const { $defs, anyOf } = questionSchema(measures);
    expect(Object.keys($defs)).toEqual(['question', ...measures.map(({ name }) => name)]);
    expect($defs.trend).toMatchObject({
      type: 'object',
      properties: { measure: { const: 'trend' }, events: { type: 'array' }, by: { type: 'array' } },
      required: ['measure', 'events'],
      additionalProperties: false,
    });
    expect(anyOf).toHaveLength(2);
  });

  it('is published as it is made: npm run schema writes it', () => {
    const published = readFileSync(new URL('../../docs/questions.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(questionSchema(measures))));
  });
});
