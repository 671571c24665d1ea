// Turns steps into tasks, once per run. A row, that is consecutive steps that count what one slot has in common with
// others (its columns), becomes a few tasks, one for each group of columns; every other step is a task of its own.
import {
  columns,
  GROUP_COLUMNS,
  groupOf,
  MAX_GROUPS,
  MAX_STEPS,
  NO_COLUMN,
  RESULT_BYTES,
  results,
  STEP_BYTES,
  sharedOf,
  steps,
  unionOf,
} from './memory';
import { COUNT, COUNT_AND } from './opcode';

/** Bytes of one task: number of members (0: a plain step), first member (or the step), plane, slot of the row. */
export const TASK_BYTES: usize = 16;
export const tasks: usize = memory.data(MAX_STEPS * 16, 64);
export let taskCount: i32 = 0;

/** Bytes of one member, a step of a row: address of its result, four times the index of its column in the group. */
export const MEMBER_BYTES: usize = 8;
export const members: usize = memory.data(MAX_STEPS * 8, 64);
let memberCount: i32 = 0;

/** Fewer columns than this are not worth their union. */
const MIN_ROW: i32 = 3;
const MAX_ROW: i32 = 128;
/** Column of each step of the row at hand. */
const rowColumns: usize = memory.data(128 * 4, 64);

let columnCount: i32 = 0;
/** Columns before this one have served: a step wrote to one of them. */
let validColumn: i32 = 0;
/** Where the search for a column begins: rows of a table commonly name their columns in the same order. */
let nextColumn: i32 = 0;

/** Slots written since the last group was begun; none of them may join it, as its union may have been taken before. */
const written: usize = memory.data(64 * 4, 64);
const MAX_WRITTEN: i32 = 64;
let writtenCount: i32 = 0;

/** Schedules steps from `first` up to `end`, as far as there is room; returns where it stopped, beyond `first`. */
export function schedule(first: i32, end: i32): i32 {
  taskCount = 0;
  memberCount = 0;
  columnCount = 0;
  validColumn = 0;
  nextColumn = 0;
  writtenCount = 0;
  let index = first;
  while (index < end) {
    if (isPair(index)) {
      const row = rowAt(index, end);
      const rowEnd = endOfRow(row, index, end);
      if (columnCount + GROUP_COLUMNS + rowEnd - index > MAX_GROUPS * GROUP_COLUMNS) break;
      if (rowEnd - index < MIN_ROW) {
        for (let step = index; step < rowEnd; step++) addTask(0, step, 0, 0);
      } else {
        addRow(row, index, rowEnd);
      }
      index = rowEnd;
    } else {
      if (stepField(index, 0) < (COUNT as u32)) noteWrite(stepField(index, 1));
      addTask(0, index, 0, 0);
      index++;
    }
  }
  closeGroup();
  choosePlanes();
  return index;
}

/** Whether a step counts what two different slots have in common. */
function isPair(index: i32): bool {
  return stepField(index, 0) === (COUNT_AND as u32) && stepField(index, 2) !== stepField(index, 3);
}

/** The operand that the step at `index` shares with the next one. */
function rowAt(index: i32, end: i32): u32 {
  const a = stepField(index, 2);
  const b = stepField(index, 3);
  if (index + 1 === end || hasOperand(index + 1, a)) return a;
  return hasOperand(index + 1, b) ? b : a;
}

function endOfRow(row: u32, index: i32, end: i32): i32 {
  end = min(end, index + MAX_ROW);
  while (index < end && isPair(index) && hasOperand(index, row)) index++;
  return index;
}

/** A task for each group that the row has columns in. */
function addRow(row: u32, first: i32, end: i32): void {
  findColumns(row, first, end);
  for (let group = validColumn / GROUP_COLUMNS; group * GROUP_COLUMNS < columnCount; group++) {
    const firstMember = memberCount;
    for (let index = first; index < end; index++) {
      if (rowColumn(index - first) / GROUP_COLUMNS === group) addMember(index, rowColumn(index - first));
    }
    if (memberCount > firstMember) addTask(memberCount - firstMember, firstMember, unionOf(group), row);
  }
}

/** A row that is a column of the group itself would meet the union everywhere: it is compared with what columns share. */
function choosePlanes(): void {
  for (let index = 0; index < taskCount; index++) {
    const task = tasks + (index as usize) * TASK_BYTES;
    const group = groupOf(load<i32>(task, 8));
    if (load<i32>(task) > 0 && hasColumn(group, load<u32>(task, 12))) store<i32>(task, sharedOf(group), 8);
  }
}

function hasColumn(group: i32, slot: u32): bool {
  for (let column = group * GROUP_COLUMNS; column < (group + 1) * GROUP_COLUMNS; column++) {
    if (columnAt(column) === slot) return true;
  }
  return false;
}

/** Fills `rowColumns`, adding columns that are new. */
function findColumns(row: u32, first: i32, end: i32): void {
  for (let index = first; index < end; index++) {
    const slot = otherOperand(index, row);
    if (indexOfColumn(slot) < 0 && wasWritten(slot)) closeGroup();
  }
  for (let index = first; index < end; index++) {
    const slot = otherOperand(index, row);
    let column = indexOfColumn(slot);
    if (column < 0) {
      if (columnCount % GROUP_COLUMNS === 0) writtenCount = 0;
      column = columnCount;
      addColumn(slot);
    }
    store<i32>(rowColumns + ((index - first) << 2), column);
  }
}

function indexOfColumn(slot: u32): i32 {
  for (let tried = validColumn; tried < columnCount; tried++) {
    if (nextColumn < validColumn || nextColumn >= columnCount) nextColumn = validColumn;
    const column = nextColumn++;
    if (columnAt(column) === slot) return column;
  }
  return -1;
}

/** A written slot that is a column ends all groups; one that is not may not join the group at hand any more. */
function noteWrite(slot: u32): void {
  if (indexOfColumn(slot) >= 0) {
    closeGroup();
    validColumn = columnCount;
  } else if (!wasWritten(slot)) {
    if (writtenCount === MAX_WRITTEN) closeGroup();
    store<u32>(written + (writtenCount++ << 2), slot);
  }
}

function wasWritten(slot: u32): bool {
  for (let i = 0; i < writtenCount; i++) {
    if (load<u32>(written + (i << 2)) === slot) return true;
  }
  return false;
}

/** Lets the next column begin a group. */
function closeGroup(): void {
  while (columnCount % GROUP_COLUMNS !== 0) addColumn(NO_COLUMN);
  writtenCount = 0;
}

function addColumn(slot: u32): void {
  store<u32>(columns + (columnCount++ << 2), slot);
}

function columnAt(column: i32): u32 {
  return load<u32>(columns + (column << 2));
}

function rowColumn(position: i32): i32 {
  return load<i32>(rowColumns + (position << 2));
}

function addMember(index: i32, column: i32): void {
  const member = members + (memberCount++ as usize) * MEMBER_BYTES;
  store<usize>(member, results + (index as usize) * RESULT_BYTES);
  store<u32>(member, (column % GROUP_COLUMNS) << 2, 4);
}

function addTask(count: i32, first: i32, plane: i32, row: u32): void {
  const task = tasks + (taskCount++ as usize) * TASK_BYTES;
  store<i32>(task, count);
  store<i32>(task, first, 4);
  store<i32>(task, plane, 8);
  store<u32>(task, row, 12);
}

function hasOperand(index: i32, slot: u32): bool {
  return stepField(index, 2) === slot || stepField(index, 3) === slot;
}

function otherOperand(index: i32, row: u32): u32 {
  return stepField(index, 2) === row ? stepField(index, 3) : stepField(index, 2);
}

/** Opcode, dst, a or b of a step. */
function stepField(index: i32, field: i32): u32 {
  return load<u32>(steps + (index as usize) * STEP_BYTES + (field << 2));
}
