/**
 * Scripts of a map of people, each of which does its work at one moment. KEYS: the next number; the other keys are named like it,
 * and in its slot. ARGV: texts, each once, as their hash (four bytes), what tells how they are kept, and their bytes, as pages have
 * them. All is read and worked out before the first write, which is one command.
 */

import { ID_LIMIT } from '../../base/limits.js';
import { BUCKET_PEOPLE, RECORD_BYTES } from '../people/buckets.js';
import { PAGE_PEOPLE } from '../people/pages.js';
import { LONG, UUID, UUID_BYTES } from '../people/texts.js';

/** What a script answers of a text that has no number. */
export const UNKNOWN = -1;
/** What errors of the scripts themselves begin with. */
export const DAMAGED = 'PEOPLEDAMAGED';
export const FULL = 'PEOPLEFULL';

/** Reads texts and finds their numbers. */
const FIND = `
local byte, char, find, rep, sub = string.byte, string.char, string.find, string.rep, string.sub
local concat, floor = table.concat, math.floor
local base = sub(KEYS[1], 1, -2)
local function damaged(what)
  return redis.error_reply('${DAMAGED} ' .. what)
end
local function u32(text, at)
  local a, b, c, d = byte(text, at, at + 3)
  return ((a * 256 + b) * 256 + c) * 256 + d
end
local function pack32(number)
  return char(floor(number / 16777216), floor(number / 65536) % 256, floor(number / 256) % 256, number % 256)
end
local function countOf(size)
  return size == 0 and 1 or math.ceil(size / ${BUCKET_PEOPLE})
end
local function levelOf(count)
  local level = 1
  while level * 2 <= count do level = level * 2 end
  return level
end
local text = redis.call('GET', KEYS[1])
local size = tonumber(text or 0)
if not size then return damaged('expected a number under ' .. KEYS[1]) end
if not text and redis.call('EXISTS', base .. 't:0') == 1 then
  return damaged('expected ' .. KEYS[1] .. ', which is missing, beside its pages')
end
local count = countOf(size)
local level = levelOf(count)
local batch = ARGV[1]
local hashes, codes, bodies, places, people = {}, {}, {}, {}, 0
do
  local at, last = 1, #batch
  while at <= last do
    people = people + 1
    local hash = u32(batch, at)
    hashes[people] = sub(batch, at, at + 3)
    local code = byte(batch, at + 4)
    local length = code
    if code == ${UUID} then
      length = ${UUID_BYTES}
    elseif code == ${LONG} then
      local high, low = byte(batch, at + 5, at + 6)
      length = high * 256 + low + 2
    end
    codes[people] = code
    bodies[people] = sub(batch, at + 5, at + 4 + length)
    local place = hash % (level * 2)
    if place >= count then place = hash % level end
    places[people] = place
    at = at + 5 + length
  end
end
local function load(into, numbers, kind)
  local keys, order = {}, {}
  for number in pairs(numbers) do
    order[#order + 1] = number
    keys[#keys + 1] = base .. kind .. number
  end
  if #keys == 0 then return end
  local values = redis.call('MGET', unpack(keys))
  for i, number in ipairs(order) do into[number] = values[i] or '' end
end
local buckets, pages = {}, {}
do
  local wanted = {}
  for i = 1, people do wanted[places[i]] = true end
  load(buckets, wanted, 'b:')
end
local function recordOf(bucket, hash, from)
  while true do
    local at = find(bucket, hash, from, true)
    if not at then return nil end
    if (at - 1) % ${RECORD_BYTES} == 0 then return at end
    from = at + 1
  end
end
do
  local wanted = {}
  for i = 1, people do
    local bucket = buckets[places[i]]
    local at = recordOf(bucket, hashes[i], 1)
    while at do
      wanted[floor(u32(bucket, at + 4) / ${PAGE_PEOPLE})] = true
      at = recordOf(bucket, hashes[i], at + ${RECORD_BYTES})
    end
  end
  load(pages, wanted, 't:')
end
local uuids = rep('\\${UUID}', ${PAGE_PEOPLE})
local function bodyAt(page, place)
  local at = ${PAGE_PEOPLE} + 1
  local head = sub(page, 1, place)
  if head == sub(uuids, 1, place) then
    at = at + place * ${UUID_BYTES}
  else
    local before = { byte(head, 1, place) }
    for i = 1, place do
      local code = before[i]
      if code == ${UUID} then
        at = at + ${UUID_BYTES}
      elseif code == ${LONG} then
        local high, low = byte(page, at, at + 1)
        at = at + high * 256 + low + 2
      else
        at = at + code
      end
    end
  end
  return at
end
local function numberOf(i)
  local bucket = buckets[places[i]]
  local at = recordOf(bucket, hashes[i], 1)
  while at do
    local number = u32(bucket, at + 4)
    local page = pages[floor(number / ${PAGE_PEOPLE})]
    local place = number % ${PAGE_PEOPLE}
    if #page < ${PAGE_PEOPLE} then return nil, damaged('expected a page of texts with ' .. number) end
    if byte(page, place + 1) == codes[i] then
      local from = bodyAt(page, place)
      if sub(page, from, from + #bodies[i] - 1) == bodies[i] then return number, at end
    end
    at = recordOf(bucket, hashes[i], at + ${RECORD_BYTES})
  end
  return nil
end
local found = {}
`;

/** Answers with a number for each text, ${UNKNOWN} for one that has none. */
export const FIND_SCRIPT = `${FIND}
for i = 1, people do
  local number, problem = numberOf(i)
  if not number and problem then return problem end
  found[i] = number or ${UNKNOWN}
end
return found`;

/** Gives numbers to texts that have none, and answers with all. */
export const ASSIGN_SCRIPT = `${FIND}
local given, added, heads, rests, next = {}, {}, {}, {}, size
for i = 1, people do
  local number, problem = numberOf(i)
  if not number and problem then return problem end
  local name = char(codes[i]) .. bodies[i]
  number = number or given[name]
  if not number then
    if next >= ${ID_LIMIT} then return redis.error_reply('${FULL} ' .. size) end
    number, next = next, next + 1
    given[name] = number
    local records = added[places[i]]
    if not records then
      records = { buckets[places[i]] }
      added[places[i]] = records
    end
    records[#records + 1] = hashes[i] .. pack32(number)
    local page = floor(number / ${PAGE_PEOPLE})
    if not heads[page] then
      heads[page], rests[page] = {}, {}
    end
    heads[page][#heads[page] + 1] = char(codes[i])
    rests[page][#rests[page] + 1] = bodies[i]
  end
  found[i] = number
end
if next == size then return found end
local written = { KEYS[1], string.format('%.0f', next) }
local function write(key, value)
  written[#written + 1] = base .. key
  written[#written + 1] = value
end
for page, head in pairs(heads) do
  local old, filled = '', 0
  if page * ${PAGE_PEOPLE} < size then
    filled = size - page * ${PAGE_PEOPLE}
    old = redis.call('GET', base .. 't:' .. page) or ''
    if #old < ${PAGE_PEOPLE} then return damaged('expected a page of texts under ' .. base .. 't:' .. page) end
  end
  local rest = ${PAGE_PEOPLE} - filled - #head
  local codes = sub(old, 1, filled) .. concat(head) .. rep('\\0', rest)
  write('t:' .. page, codes .. sub(old, ${PAGE_PEOPLE} + 1) .. concat(rests[page]))
end
local changed = {}
for place, records in pairs(added) do
  buckets[place] = concat(records)
  changed[place] = true
end
for place = count, countOf(next) - 1 do
  local half = levelOf(place)
  local source = place - half
  local bucket = buckets[source] or redis.call('GET', base .. 'b:' .. source) or ''
  local kept, moved = {}, {}
  for at = 1, #bucket, ${RECORD_BYTES} do
    local record = sub(bucket, at, at + ${RECORD_BYTES} - 1)
    local into = u32(record, 1) % (half * 2) == place and moved or kept
    into[#into + 1] = record
  end
  buckets[source], buckets[place] = concat(kept), concat(moved)
  changed[source], changed[place] = true, true
end
local emptied = {}
for place in pairs(changed) do
  if buckets[place] == '' then
    emptied[#emptied + 1] = base .. 'b:' .. place
  else
    write('b:' .. place, buckets[place])
  end
end
redis.call('MSET', unpack(written))
if #emptied > 0 then redis.call('DEL', unpack(emptied)) end
return found`;

/** Removes texts, and answers with the numbers that they had. */
export const REMOVE_SCRIPT = `${FIND}
local changedBuckets, changedPages, removed = {}, {}, false
for i = 1, people do
  local number, at = numberOf(i)
  if not number and at then return at end
  found[i] = number or ${UNKNOWN}
  if number then
    local bucket, index = buckets[places[i]], floor(number / ${PAGE_PEOPLE})
    local page, place = pages[index], number % ${PAGE_PEOPLE}
    local from = bodyAt(page, place)
    buckets[places[i]] = sub(bucket, 1, at - 1) .. sub(bucket, at + ${RECORD_BYTES})
    pages[index] = sub(page, 1, place) .. '\\0' .. sub(page, place + 2, from - 1) .. sub(page, from + #bodies[i])
    changedBuckets[places[i]], changedPages[index], removed = true, true, true
  end
end
if not removed then return found end
local written, emptied = {}, {}
for index in pairs(changedPages) do
  written[#written + 1] = base .. 't:' .. index
  written[#written + 1] = pages[index]
end
for place in pairs(changedBuckets) do
  if buckets[place] == '' then
    emptied[#emptied + 1] = base .. 'b:' .. place
  else
    written[#written + 1] = base .. 'b:' .. place
    written[#written + 1] = buckets[place]
  end
end
redis.call('MSET', unpack(written))
if #emptied > 0 then redis.call('DEL', unpack(emptied)) end
return found`;

/** Makes a map that will be restored unusable until it is whole, and answers with 1; with 0 if there is one already. */
export const CLAIM_SCRIPT = `
local page = string.sub(KEYS[1], 1, -2) .. 't:0'
if redis.call('EXISTS', KEYS[1], page) > 0 then return 0 end
redis.call('SET', page, '')
return 1`;
