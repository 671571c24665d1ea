import { describe, expect, it } from 'vitest';
import { measures } from '../../src/measures.js';
import { routeOf } from '../../src/web/route.js';

describe('a route', () => {
  it('is found for every measure and format', () => {
    for (const { name } of measures) {
      expect(routeOf('/a', `/a/${name}`)).toMatchObject({ page: 'measure', format: 'html', root: './' });
      for (const format of ['csv', 'svg', 'json'] as const) {
        expect(routeOf('/a', `/a/${name}.${format}`)).toMatchObject({ page: 'measure', format });
      }
    }
  });

  it('leads back to the beginning from wherever it is', () => {
    expect(routeOf('', '/')).toMatchObject({ page: 'index', root: './' });
    expect(routeOf('/a/b', '/a/b')).toMatchObject({ page: 'index', root: 'b/' });
    expect(routeOf('/a/b', '/a/b/')).toMatchObject({ page: 'index', root: './' });
    expect(routeOf('/a/b', '/a/b/api/ask')).toMatchObject({ page: 'ask', root: '../' });
  });

  it('is not found beside the dashboard', () => {
    for (const pathname of ['/', '/ab', '/b/trend', '/%61/trend']) {
      expect(routeOf('/a', pathname), pathname).toBe(undefined);
    }
  });

  it('is that of no page beside or below what there is', () => {
    for (const pathname of ['/a/trend/', '/a//trend', '/a/trend.html', '/a/api/', '/a/valueOf']) {
      expect(routeOf('/a', pathname), pathname).toMatchObject({ page: 'none' });
    }
  });
});
