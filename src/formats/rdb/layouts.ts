/**
 * How everything in a dump that is no string value is laid out, as data, so that it can be skipped without being
 * understood (Redis 2.4 to 8.10 and Valkey to 9.1: rdb.h and rdb.c of both).
 */

/**
 * One part after the other: a string; a length; a number as text; values of a module up to their end mark; that many raw
 * bytes; a length and then that often the same, with something said once in between; a length that chooses what follows.
 */
export type Layout = readonly Part[];
export type Part =
  | 'string'
  | 'length'
  | 'number text'
  | 'module values'
  | number
  | { readonly repeat: Layout; readonly once?: Layout }
  | { readonly choice: readonly Layout[] };

/** Who wrote a dump: after Redis 7.2 the same numbers mean different things to the two. */
export type Dialect = 'redis' | 'valkey';

/** Value types and opcodes that a reader must know by name. */
export const STRING = 0;
export const HASH_TEMPLATE = 242;
/** A hash whose values follow the number of the template that names its fields. */
export const HASH_TEMPLATE_ARRAY = 32;
export const EXPIRES_MS = 252;
export const EXPIRES_S = 253;
export const SELECT_DB = 254;
export const END = 255;

const times = (...repeat: Part[]): Part => ({ repeat });

/** An id (milliseconds, sequence) within a stream. */
const RAW_STREAM_ID = 16;
const MILLISECONDS = 8;
const DOUBLE = 8;

/** Streams of version 1 to 5; each version added to the one before. */
function stream(version: 1 | 2 | 3 | 4 | 5): Layout {
  const pending = times(RAW_STREAM_ID, MILLISECONDS, 'length');
  const seen: Part[] = version >= 3 ? [MILLISECONDS, MILLISECONDS] : [MILLISECONDS];
  const consumers = times('string', ...seen, times(RAW_STREAM_ID));
  const counters: Part[] = version >= 2 ? ['length'] : [];
  const released: Part[] = version >= 5 ? [times(RAW_STREAM_ID)] : [];
  const firstAndDeletedIds: Part[] = version >= 2 ? ['length', 'length', 'length', 'length', 'length'] : [];
  const producers = times('string', times('string', 'length', 'length'));
  const idempotence: Part[] = version >= 4 ? ['length', 'length', producers, 'length', 'length'] : [];
  return [
    times('string', 'string'),
    ...['length' as const, 'length' as const, 'length' as const],
    ...firstAndDeletedIds,
    times('string', 'length', 'length', ...counters, pending, consumers, ...released),
    ...idempotence,
  ];
}

/** Value types that both know, Redis up to version 11 of the format. */
const sharedValues: readonly (readonly [number, Layout])[] = [
  [STRING, ['string']],
  [1, [times('string')]], // list
  [2, [times('string')]], // set
  [3, [times('string', 'number text')]], // sorted set, scores as text
  [4, [times('string', 'string')]], // hash
  [5, [times('string', DOUBLE)]], // sorted set
  [7, ['length', 'module values']],
  [9, ['string']], // hash as zipmap
  [10, ['string']], // list as ziplist
  [11, ['string']], // set as intset
  [12, ['string']], // sorted set as ziplist
  [13, ['string']], // hash as ziplist
  [14, [times('string')]], // list as quicklist of ziplists
  [15, stream(1)],
  [16, ['string']], // hash as listpack
  [17, ['string']], // sorted set as listpack
  [18, [times('length', 'string')]], // list as quicklist of listpacks and plain nodes
  [19, stream(2)],
  [20, ['string']], // set as listpack
  [21, stream(3)],
];

const redisValues: readonly (readonly [number, Layout])[] = [
  [22, [times('length', 'string', 'string')]], // hash whose fields expire, release candidates of 7.4
  [23, ['string']],
  [24, [MILLISECONDS, times('length', 'string', 'string')]], // hash whose fields expire
  [25, [MILLISECONDS, 'string']], // the same as listpack
  [26, stream(4)],
  [27, stream(5)],
  [28, [{ once: [{ choice: [[], ['length']] }], repeat: ['length', { choice: arrayElements() }] }]],
  [30, ['string']], // hash with its fields in a template, as listpack
];

const valkeyValues: readonly (readonly [number, Layout])[] = [
  [22, [times('string', 'string', MILLISECONDS)]], // hash whose fields expire
];

/** Elements of an array: text, integer, double, short text. */
function arrayElements(): Layout[] {
  return [['string'], [MILLISECONDS], [DOUBLE], ['string']];
}

const sharedOpcodes: readonly (readonly [number, Layout])[] = [
  [244, ['length', 'length', 'length']], // slot info: slot, keys, keys that expire
  [245, ['string']], // function library
  [246, ['string', 'string', { choice: [[], ['string']] }, 'string']], // function, release candidates of 7.0
  [247, ['length', 'length', 'length', 'module values']], // module data beside the keys
  [248, ['length']], // idle time of the next key
  [249, [1]], // use frequency of the next key
  [250, ['string', 'string']], // field about the file
  [251, ['length', 'length']], // sizes of the tables to come
];

const redisOpcodes: readonly (readonly [number, Layout])[] = [
  [243, [times(4, 'module values')]], // module data of the next key
];

const valkeyOpcodes: readonly (readonly [number, Layout])[] = [
  [243, ['string', times('length', 'length')]], // slots on their way in
];

/**
 * Layouts of the values, by type. Types that stand in no file are left out: 6 (modules before their release), 29 and 31
 * (templated hashes as DUMP writes them), 33 (of Redis Enterprise).
 */
export const valueLayouts: Readonly<Record<Dialect, ReadonlyMap<number, Layout>>> = {
  redis: new Map([...sharedValues, ...redisValues]),
  valkey: new Map([...sharedValues, ...valkeyValues]),
};

/** Layouts of what stands between the values and can be passed over, by opcode. */
export const opcodeLayouts: Readonly<Record<Dialect, ReadonlyMap<number, Layout>>> = {
  redis: new Map([...sharedOpcodes, ...redisOpcodes]),
  valkey: new Map([...sharedOpcodes, ...valkeyOpcodes]),
};

/** Opcodes of what is said about the key that follows: when it expires, how it was used, and data of modules. */
export const aboutKey: Readonly<Record<Dialect, ReadonlySet<number>>> = {
  redis: new Set([243, 248, 249, EXPIRES_MS, EXPIRES_S]),
  valkey: new Set([248, 249, EXPIRES_MS, EXPIRES_S]),
};
