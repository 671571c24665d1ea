import type { Dialect } from '../../../../src/formats/rdb/layouts.js';
import { junk, length, type Raw, text } from './dump.js';

/** Something that a dump may hold beside strings, of which a reader must find the end. */
export interface DumpPart {
  readonly name: string;
  readonly dialects: readonly Dialect[];
  readonly bytes: Raw;
}

const id = junk(16);
const nothing: Raw = [];
const streamV = (version: number): Raw => [
  [length(2), text('id1'), text('listpack1'), text('id2'), text('listpack2')],
  [length(9), length(1e12), length(5)],
  version >= 2 ? [length(1e12), 1, length(1e12), 2, length(70)] : nothing,
  [
    length(2),
    [0, 1].map((group) => [
      [text(`group${group}`), length(1e12), 3, version >= 2 ? length(8) : nothing],
      [length(2), id, junk(8), 1, id, junk(8), length(400)],
      [1, text('consumer'), junk(8), version >= 3 ? junk(8) : nothing, length(2), id, id],
      version >= 5 ? [length(1), id] : nothing,
    ]),
  ],
  version >= 4
    ? [
        length(100),
        length(100),
        length(1),
        text('producer'),
        length(2),
        [1, 2].map((n) => [text('iid'), length(1e12), n]),
        5,
        6,
      ]
    : nothing,
];

const template: Raw = [0xf2, length(1000), 3, text('f1'), text('f2'), text('f3')];
const slotsOnTheirWay: Raw = [text('a'.repeat(40)), 2, [0, 5], [length(100), length(16383)]];

/** What stands between keys. */
export const opcodes: readonly DumpPart[] = [
  ...both([
    ['slot sizes', [0xf4, length(16383), 5, length(1000)]],
    ['function libraries', [0xf5, text('#!lua name=l')]],
    ['functions of a candidate', [0xf6, text('n'), text('LUA'), 0, text('code')]],
    ['described functions of a candidate', [0xf6, text('n'), text('LUA'), 1, text('what'), text('code')]],
    ['module data beside the keys', [0xf7, length(2 ** 50), 2, 1, 5, text('data'), 0]],
    ['idle times', [0xf8, length(1e6)]],
    ['use frequencies', [0xf9, 0xff]],
    [
      'fields about the file',
      [0xfa, text('redis-ver'), text('7.0.15'), 0xfa, text('ctime'), [0xc2, 1, 2, 3, 4]],
    ],
    ['table sizes', [0xfb, length(1000), length(5e9)]],
  ]),
  { name: 'names of fields', dialects: ['redis'], bytes: template },
  {
    name: 'module data of the next key',
    dialects: ['redis'],
    bytes: [0xf3, 2, ['SPEC', 2, 9, 0], ['SPEC', 5, text('data'), 0]],
  },
  { name: 'slots on their way', dialects: ['valkey'], bytes: [0xf3, slotsOnTheirWay] },
];

/** Values of every type that is no string; `[name, type, bytes]`. */
const shared: [string, number, Raw][] = [
  ['a list', 1, [length(70), Array.from({ length: 70 }, () => text('item'))]],
  ['an empty list', 1, [0]],
  ['a set', 2, [2, text('a'), [0xc0, 7]]],
  [
    'a sorted set with text scores',
    3,
    [4, text('a'), 3, '1.5', text('b'), 253, text('c'), 254, text('d'), 255],
  ],
  ['a hash', 4, [1, text('field'), [0xc3, 2, 10, 0, 'v']]],
  ['a sorted set', 5, [2, text('a'), junk(8), text('b'), junk(8)]],
  ['a module value', 7, [length(2 ** 50), 1, 5, 2, length(2 ** 60), 3, junk(4), 4, junk(8), 5, text('s'), 0]],
  ['an empty module value', 7, [length(2 ** 50), 0]],
  ['a zipmap', 9, text('zipmap')],
  ['a ziplist', 10, text('ziplist')],
  ['an intset', 11, text('intset')],
  ['a sorted set ziplist', 12, text('ziplist')],
  ['a hash ziplist', 13, text('ziplist')],
  ['a quicklist of ziplists', 14, [2, text('ziplist'), text('ziplist')]],
  ['a stream of Redis 5', 15, streamV(1)],
  ['a hash listpack', 16, text('listpack')],
  ['a sorted set listpack', 17, text('listpack')],
  ['a quicklist of listpacks', 18, [2, 1, text('plain'), 2, text('listpack')]],
  ['a stream of Redis 7.0', 19, streamV(2)],
  ['a set listpack', 20, text('listpack')],
  ['a stream of Redis 7.2', 21, streamV(3)],
];

const ofRedis: [string, number, Raw][] = [
  [
    'a hash with field expiry of a 7.4 candidate',
    22,
    [2, 0, text('f'), text('v'), length(1e12), text('f'), text('v')],
  ],
  ['the same as a listpack', 23, text('listpack')],
  ['a hash with field expiry', 24, [junk(8), 2, 0, text('f'), text('v'), 1, text('f'), text('v')]],
  ['a hash listpack with field expiry', 25, [junk(8), text('listpack')]],
  ['a stream of Redis 8.6', 26, streamV(4)],
  ['a stream of Redis 8.8', 27, streamV(5)],
  [
    'an array',
    28,
    [4, 0, [0, 0, text('long text')], [1, 1, junk(8)], [length(2 ** 33), 2, junk(8)], [9, 3, text('s')]],
  ],
  ['an array with an insertion point', 28, [1, 1, length(2 ** 40), [0, 0, text('e')]]],
  ['a templated hash listpack', 30, text('listpack')],
  ['a templated hash', 32, [length(1000), text('v1'), [0xc0, 2], text('v3')]],
];

const ofValkey: [string, number, Raw][] = [
  ['a hash with field expiry', 22, [2, text('f'), text('v'), junk(8), text('f'), text('v'), junk(8)]],
];

/** Values of every type that is no string, with keys. */
export const values: readonly DumpPart[] = [
  ...withKeys(['redis', 'valkey'], shared),
  ...withKeys(['redis'], ofRedis),
  ...withKeys(['valkey'], ofValkey),
];

function both(parts: readonly [string, Raw][]): DumpPart[] {
  return parts.map(([name, bytes]) => ({ name, dialects: ['redis', 'valkey'], bytes }));
}

function withKeys(dialects: readonly Dialect[], parts: readonly [string, number, Raw][]): DumpPart[] {
  return parts.map(([name, type, bytes]) => ({ name, dialects, bytes: [type, text(name), bytes] }));
}
