// What lists of ids have in common, for all pairs of a table at a time. Each list has a bit; going through the lists one by
// one, every id is told which of them it is in, and tells in return which ones before had it. Lists that are compared with
// many others are gone through once, and a pair costs nothing but for the ids it shares.
import { program, results, STEP_BYTES } from './memory';
import { MEMBER_BYTES } from './table';

/** Per id of a stretch, the lists it was found in so far. */
const foundIn: usize = memory.data(65_536 * 8, 64);
const FOUND_BYTES: usize = 65_536 * 8;
/** `foundIn` is cleared as a whole if more ids than this were found, else id by id. */
const MANY_IDS: u32 = 16_384;

/** The table in scratch: its lists (the first ones are rows, and have a bit each), and with which rows each is counted. */
let memberCount: i32 = 0;
let rowCount: i32 = 0;
const members: usize = program + STEP_BYTES;

/** Where lists begin, in ids, and the ids. */
let bounds: usize = 0;
let lowIds: usize = 0;

/** Runs the table in scratch over all stretches; leaves in `results` what each list has in common with each row. */
export function countLists(lists: i32, stretches: i32, boundsAddress: usize, idsAddress: usize): void {
  memberCount = load<i32>(program, 4);
  rowCount = load<i32>(program, 8);
  bounds = boundsAddress;
  lowIds = idsAddress;
  memory.fill(results, 0, (memberCount as usize) << 8);
  for (let stretch = 0; stretch < stretches; stretch++) countStretch(stretch * lists);
}

function countStretch(firstList: i32): void {
  let found: u32 = 0;
  for (let member = 0; member < memberCount; member++) {
    const list = firstList + load<i32>(members + member * MEMBER_BYTES);
    const length = countList(list, member);
    if (member < rowCount) found += length;
  }
  if (found > MANY_IDS) {
    memory.fill(foundIn, 0, FOUND_BYTES);
    return;
  }
  for (let member = 0; member < rowCount; member++) {
    forget(firstList + load<i32>(members + member * MEMBER_BYTES));
  }
}

/** Counts which members before have the ids of a list, and notes that this one has them; returns their number. */
function countList(list: i32, member: i32): u32 {
  const start = listStart(list);
  const end = listStart(list + 1);
  const mask = load<u64>(members + member * MEMBER_BYTES, 4);
  const counts = results + ((member as usize) << 8);
  if (member < rowCount) Ids.meet(true, start, end, (1 as u64) << member, mask, counts);
  else Ids.meet(false, start, end, 0, mask, counts);
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

function listStart(list: i32): usize {
  return lowIds + ((load<u32>(bounds + (list << 2)) as usize) << 1);
}
