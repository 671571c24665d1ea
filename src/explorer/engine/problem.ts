import { SyntaxProblem } from '../../index.js';
import type { Problem } from './protocol.js';

/** An error as plain data. */
export function toProblem(error: unknown): Problem {
  if (error instanceof SyntaxProblem) return { message: error.message, offset: error.offset };
  return { message: error instanceof Error ? error.message : String(error) };
}
