import { describe, expect, it } from 'vitest';
import { BudgetError, StoreError, SyntaxProblem } from '../../src/index.js';
import { isFault, Refusal, refusalOf } from '../../src/web/refusal.js';

describe('a refusal', () => {
  it.each([
    [new BudgetError(9, 5, 1), 413],
    [new SyntaxProblem('expected an event', 'a', 1), 400],
    [new RangeError('expected a date, got none'), 400],
    [new RangeError('Maximum call stack size exceeded'), 500],
    [new TypeError("Cannot read properties of undefined (reading 'x')"), 500],
    [new StoreError('connect ECONNREFUSED 10.0.0.1:6379'), 502],
    [new Error('redis://user:secret@10.0.0.1'), 500],
    ['thrown', 500],
  ])('of %s has the status %i', (error, status) => {
    const refusal = refusalOf(error);
    expect(refusal.status).toBe(status);
    expect(isFault(refusal)).toBe(status >= 500);
    if (isFault(refusal)) expect(refusal.message).not.toMatch(/10\.0\.0\.1|secret|undefined|stack/);
  });

  it('is a short sentence that can be seen', () => {
    const { message } = new Refusal(400, `expected a name, got "\u202e\u001b${'x'.repeat(5000)}"`);
    expect(message.length).toBeLessThan(700);
    expect(message).toContain('\\u202e\\u001b');
  });
});
