// What lists of ids have in common, for all pairs of a table at a time. Each list has a bit; going through the lists one by
// one, every id is told which of them it is in, and tells in return which ones before had it. Lists that are compared with
// many others are gone through once, and a pair costs nothing but for the ids it shares.
import { RESULT_BYTES, results, STEP_BYTES, steps } from './memory';
import { addCount } from './pass';

/** Per id of a stretch, the lists it was found in so far. */
const foundIn: usize = memory.data(65_536 * 8, 64);
const FOUND_BYTES: usize = 65_536 * 8;
/** `foundIn` is cleared as a whole where more ids than this were found, else id by id. */
const MANY_IDS: u32 = 16_384;

/** Lists that are first operands come first and have a bit each; then come those that are second operands only. */
const MAX_FIRSTS: i32 = 64;
const MAX_SECONDS: i32 = 128;
const seconds: usize = memory.data(128 * 4, 64);
const members: usize = memory.data(192 * 4, 64);
let firstCount: i32 = 0;
let memberCount: i32 = 0;

/** Per member, which members before it (or itself) it is compared with; per such pair, the step and its count. */
const masks: usize = memory.data(192 * 8, 64);
const cellSteps: usize = memory.data(192 * 64 * 4, 64);
const cellCounts: usize = memory.data(192 * 64 * 4, 64);

/** Where lists begin, in ids, and the ids. */
let bounds: usize = 0;
let lowIds: usize = 0;

/** Runs the first `stepCount` steps in scratch over all stretches; leaves in `results` what each counted. */
export function countLists(
  stepCount: i32,
  lists: i32,
  stretches: i32,
  boundsAddress: usize,
  idsAddress: usize,
): void {
  bounds = boundsAddress;
  lowIds = idsAddress;
  memory.fill(results, 0, (stepCount as usize) * RESULT_BYTES);
  for (let first = 0; first < stepCount; ) {
    first = takeCells(first, takeMembers(first, stepCount));
    for (let stretch = 0; stretch < stretches; stretch++) countStretch(stretch * lists);
    addCells();
  }
}

/** Takes the operands of as many steps as there is room for; returns where it stopped, beyond `first`. */
function takeMembers(first: i32, end: i32): i32 {
  firstCount = 0;
  let secondCount = 0;
  let index = first;
  for (; index < end; index++) {
    const a = find(members, firstCount, operand(index, 8));
    const b = find(seconds, secondCount, operand(index, 12));
    if (a === MAX_FIRSTS || b === MAX_SECONDS) break;
    if (a === firstCount) store<i32>(members + (firstCount++ << 2), operand(index, 8));
    if (b === secondCount) store<i32>(seconds + (secondCount++ << 2), operand(index, 12));
  }
  memberCount = firstCount;
  for (let second = 0; second < secondCount; second++) {
    const list = load<i32>(seconds + (second << 2));
    if (find(members, firstCount, list) === firstCount) store<i32>(members + (memberCount++ << 2), list);
  }
  return index;
}

/** Gives each step its cell. The same pair once more has none: returns where it stopped, beyond `first`. */
function takeCells(first: i32, end: i32): i32 {
  memory.fill(masks, 0, (memberCount as usize) * 8);
  memory.fill(cellCounts, 0, (memberCount as usize) * 64 * 4);
  for (let index = first; index < end; index++) {
    const a = find(members, memberCount, operand(index, 8));
    const b = find(members, memberCount, operand(index, 12));
    const later = max(a, b);
    const earlier = min(a, b);
    const bit = (1 as u64) << earlier;
    if ((mask(later) & bit) !== 0) return index;
    store<u64>(masks + (later << 3), mask(later) | bit);
    store<i32>(cellSteps + cell(later, earlier), index);
  }
  return end;
}

/** Index of `list` among the `count` known ones, or `count`. The last ones are tried first: steps go row by row. */
function find(known: usize, count: i32, list: i32): i32 {
  for (let index = count - 1; index >= 0; index--) {
    if (load<i32>(known + (index << 2)) === list) return index;
  }
  return count;
}

function countStretch(firstList: i32): void {
  let found: u32 = 0;
  for (let member = 0; member < memberCount; member++) {
    const list = firstList + load<i32>(members + (member << 2));
    const length = countList(list, member);
    if (member < firstCount) found += length;
  }
  if (found > MANY_IDS) {
    memory.fill(foundIn, 0, FOUND_BYTES);
    return;
  }
  for (let member = 0; member < firstCount; member++) {
    forget(firstList + load<i32>(members + (member << 2)));
  }
}

/** Counts which members before have the ids of a list, and notes that this one has them; returns their number. */
function countList(list: i32, member: i32): u32 {
  const start = listStart(list);
  const end = listStart(list + 1);
  const counts = cellCounts + cell(member, 0);
  if (member < firstCount) Ids.meet(true, start, end, (1 as u64) << member, mask(member), counts);
  else Ids.meet(false, start, end, 0, mask(member), counts);
  return ((end - start) >> 1) as u32;
}

class Ids {
  /** Four at a time, as most have not been met: 1.1 times as fast. `noted`: whether they are to be met later. */
  @inline
  static meet(noted: bool, id: usize, end: usize, bit: u64, wanted: u64, counts: usize): void {
    for (; id + 8 <= end; id += 8) {
      const four = load<u64>(id);
      const met0 = Ids.note(noted, (four & 0xffff) as usize, bit) & wanted;
      const met1 = Ids.note(noted, ((four >> 16) & 0xffff) as usize, bit) & wanted;
      const met2 = Ids.note(noted, ((four >> 32) & 0xffff) as usize, bit) & wanted;
      const met3 = Ids.note(noted, (four >> 48) as usize, bit) & wanted;
      if ((met0 | met1 | met2 | met3) !== 0) {
        countMet(counts, met0);
        countMet(counts, met1);
        countMet(counts, met2);
        countMet(counts, met3);
      }
    }
    for (; id < end; id += 2) countMet(counts, Ids.note(noted, load<u16>(id) as usize, bit) & wanted);
  }

  /** Which members an id was found in so far, this one included. */
  @inline
  static note(noted: bool, low: usize, bit: u64): u64 {
    const place = foundIn + (low << 3);
    const found = load<u64>(place) | bit;
    if (noted) store<u64>(place, found);
    return found;
  }
}

function countMet(counts: usize, met: u64): void {
  for (; met !== 0; met &= met - 1) {
    const count = counts + ((ctz<u64>(met) as usize) << 2);
    store<u32>(count, load<u32>(count) + 1);
  }
}

function forget(list: i32): void {
  const end = listStart(list + 1);
  for (let id = listStart(list); id < end; id += 2) store<u64>(foundIn + ((load<u16>(id) as usize) << 3), 0);
}

function addCells(): void {
  for (let member = 0; member < memberCount; member++) {
    for (let left = mask(member); left !== 0; left &= left - 1) {
      const at = cell(member, ctz<u64>(left) as i32);
      const result = results + (load<i32>(cellSteps + at) as usize) * RESULT_BYTES;
      addCount(result, load<u32>(cellCounts + at));
    }
  }
}

function operand(index: i32, offset: usize): i32 {
  return load<i32>(steps + (index as usize) * STEP_BYTES + offset);
}

function mask(member: i32): u64 {
  return load<u64>(masks + (member << 3));
}

function cell(later: i32, earlier: i32): usize {
  return ((later * MAX_FIRSTS + earlier) as usize) << 2;
}

function listStart(list: i32): usize {
  return lowIds + ((load<u32>(bounds + (list << 2)) as usize) << 1);
}
