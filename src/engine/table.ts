import { Opcode } from '../kernel/types.js';
import type { Step } from './steps.js';

/**
 * The `CountTable` of steps that count what two slots have in common: its rows are the slots that consecutive steps share.
 * @param offsetOf where a slot is, or the number of a list
 */
export function tableOf(
  steps: readonly Step[],
  offsetOf: (slot: number) => number = (slot) => slot,
): number[] {
  const rows = new Map<number, number>();
  const columns = new Map<number, number>();
  const indexOf = (known: Map<number, number>, slot: number): number => {
    if (!known.has(slot)) known.set(slot, known.size);
    return known.get(slot)!;
  };
  let row: number | undefined;
  const cells = steps.map(({ dst, a, b }, index) => {
    if (row !== a && row !== b) {
      const next = steps[index + 1];
      row = next?.a === b || next?.b === b ? b : a;
    }
    return [indexOf(rows, row), indexOf(columns, row === a ? b : a), dst] as const;
  });
  cells.sort(([row1, column1], [row2, column2]) => row1 - row2 || column1 - column2);
  const header = [Opcode.CountTable, rows.size, columns.size, cells.length];
  const slots = [...rows.keys(), ...columns.keys()].map(offsetOf);
  return [...header, ...slots, ...cells.flat()];
}
