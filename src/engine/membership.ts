import { hasBit } from '../base/bits.js';
import { countInStore, openPlan } from './answers.js';
import type { Expression } from './expression.js';
import { foldParts } from './parts.js';
import { longest } from './plan.js';
import { checkEvaluateOptions, type Question, type WindowedOptions, withQuestion } from './question.js';
import { traceQuestion } from './tracing.js';
import { WindowRun } from './windows.js';

/** Whether somebody is in an expression, or a certain id is: answers that few bytes tell. */

/** Whether an expression has any id: stops reading at the first window that has one. */
export function hasIds(expression: Expression, options: WindowedOptions = {}): Promise<boolean> {
  return traceQuestion({ question: 'any', expressions: 1 }, async () => {
    checkEvaluateOptions(options);
    const single = countInStore([expression], options);
    if (single !== undefined) return (await single) > 0;
    return withQuestion([expression], options, holdsAny);
  });
}

/** Whether an expression has an id in [0, 2^32): reads one byte per bitmap. */
export function hasId(expression: Expression, id: number, options: WindowedOptions = {}): Promise<boolean> {
  return traceQuestion({ question: 'has', expressions: 1 }, async () => {
    checkEvaluateOptions(options);
    const told = hasInStore(expression, id, options);
    return told ?? withQuestion([expression], options, (question) => holdsId(question, id));
  });
}

/** A plain key tells of one id if its store can. */
function hasInStore(
  expression: Expression,
  id: number,
  { signal, maxBytes }: WindowedOptions,
): Promise<boolean> | undefined {
  if (expression.kind !== 'bitmap') return undefined;
  return expression.store.has?.(expression.key, id, { signal, maxBytes });
}

async function holdsAny(question: Question): Promise<boolean> {
  const { plan, beginnings } = await openPlan(question, 'counts');
  const counts = new Float64Array(plan.program.counters);
  const run = new WindowRun(question, plan, counts, beginnings);
  try {
    while ((await run.next()) !== undefined) if (counts[0]! > 0) return true;
  } finally {
    run.close();
  }
  return false;
}

async function holdsId({ parts, operands }: Question, id: number): Promise<boolean> {
  const byteOffset = Math.floor(id / 8);
  const reads = operands.keys.map((key, operand) => ({
    operand,
    key,
    byteOffset,
    target: new Uint8Array(1),
  }));
  const hasComplement = parts.parts[parts.roots[0]!]!.root !== undefined;
  const [byteLengths] = await Promise.all([
    hasComplement ? operands.byteLengths() : undefined,
    operands.read(reads),
  ]);
  // Complements end with the longest operand.
  if (byteLengths !== undefined && byteOffset >= longest(byteLengths)) return false;
  return holds(parts, (operand) => hasBit(reads[operand]!.target, id % 8));
}

function holds({ parts, roots }: Question['parts'], isMarked: (operand: number) => boolean): boolean {
  const held = foldParts<boolean>(parts, ({ kind, number }, [first, ...others]) => {
    switch (kind) {
      case 'bitmap':
        return isMarked(number);
      case 'not':
        return !first;
      case 'and':
        return first! && others.every(Boolean);
      case 'or':
        return first! || others.some(Boolean);
      case 'andNot':
        return first! && !others.some(Boolean);
      case 'xor':
        return others.reduce((odd, other) => odd !== other, first!);
      case 'atLeast':
        return [first, ...others].filter(Boolean).length >= number;
    }
  });
  return held[roots[0]!]!;
}
