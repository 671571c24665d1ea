/**
 * Replies of a server as they come in, in pieces of any size (https://redis.io/docs/latest/develop/reference/protocol-spec):
 * bodies of the ranges that were asked for go straight to their targets, everything else is somebody else's.
 */

import { plural } from '../../../base/errors.js';
import type { Batch } from './batch.js';
import { REFUSED } from './batch.js';

/** What a reply begins with. */
const ERROR = 0x2d; // -
const BYTES = 0x24; // $
const LONG_ERROR = 0x21; // !
const NULL = 0x5f; // _
const PUSH = 0x3e; // >
const MAP = 0x25; // %
const ATTRIBUTE = 0x7c; // |
const LINES = '+-:,#(';
const BODIES = '$!=';
const LISTS = '*~>%|';

const CR = 0x0d;
const LF = 0x0a;
const MINUS = 0x2d;
const ZERO = 0x30;

/** No longer than lengths of Redis are. */
const MAX_DIGITS = 10;
/** What ends a batch. */
const PONG = '+PONG\r\n';

/** What comes next. */
type Phase = 'reply' | 'line' | 'number' | 'body' | 'end' | 'pong';

/** What the values are that come in. */
type Kind =
  /** The reply to a read. */
  | 'range'
  /** Told by the server unasked, between the replies of a batch. */
  | 'aside'
  /** Not for a batch: passed on. */
  | 'other';

/** A server that answers in a way that its commands do not answer in: nothing that it has sent can be trusted. */
export class ReplyProblem extends Error {
  override name = 'ReplyProblem';
}

export class ReplyParser {
  readonly #pass: (bytes: Buffer) => void;
  readonly #batches: Batch[] = [];
  /** The read of the first batch whose reply comes next; after the last one comes a PONG. */
  #index = 0;

  #phase: Phase = 'reply';
  #kind: Kind = 'other';
  /** What the value began with. */
  #type = 0;
  /** How many values belong to what has begun, this one included. */
  #values = 0;
  #number = 0;
  #digits = 0;
  #isNegative = false;
  #isReturned = false;
  #at = 0;
  #left = 0;

  /** @param pass takes what is no answer to a batch, and the answer to the PING after each */
  constructor(pass: (bytes: Buffer) => void) {
    this.#pass = pass;
  }

  /** How many batches are not answered yet. */
  get length(): number {
    return this.#batches.length;
  }

  /** The batch's GETRANGEs were sent, and a PING after them. */
  expect(batch: Batch): void {
    this.#batches.push(batch);
  }

  /** Nothing more will come. */
  end(): void {
    for (const batch of this.#batches.splice(0)) batch.lose();
  }

  /**
   * Takes the first `length` bytes of `chunk`, which may be written over afterwards.
   * @throws ReplyProblem if the server is not to be trusted
   */
  push(chunk: Buffer, length: number): void {
    // Where bytes begin that are to be passed on.
    let from = this.#kind === 'other' && !this.#isBetween() ? 0 : -1;
    let at = 0;
    while (at < length) {
      switch (this.#phase) {
        case 'reply':
          if (this.#values === 0) {
            this.#begin(chunk[at]!);
            if (this.#kind === 'other' && from < 0) from = at;
          }
          if (this.#phase === 'reply') this.#beginValue(chunk[at]!);
          at += 1;
          break;
        case 'line':
          at = this.#skipLine(chunk, at, length);
          break;
        case 'number':
          this.#takeDigit(chunk[at]!);
          at += 1;
          break;
        case 'body': {
          const end = Math.min(length, at + this.#left);
          if (this.#kind === 'range' && this.#type === BYTES) {
            this.#batches[0]!.fill(this.#index, this.#at, chunk, at, end);
          }
          this.#at += end - at;
          this.#left -= end - at;
          at = end;
          if (this.#left === 0) this.#phase = 'end';
          break;
        }
        case 'end':
          this.#takeEnd(chunk[at]!);
          at += 1;
          break;
        case 'pong':
          this.#takePong(chunk[at]!);
          at += 1;
          break;
      }
      if (from >= 0 && this.#isBetween() && this.#batches.length > 0) {
        this.#pass(Buffer.from(chunk.subarray(from, at)));
        from = -1;
      }
    }
    if (from >= 0) this.#pass(Buffer.from(chunk.subarray(from, length)));
  }

  #isBetween(): boolean {
    return this.#phase === 'reply' && this.#values === 0;
  }

  /** Decides whose the reply is that begins with `type`. */
  #begin(type: number): void {
    const [batch] = this.#batches;
    if (batch === undefined) this.#kind = 'other';
    else if (type === PUSH) this.#kind = 'aside';
    else if (this.#index === batch.reads.length && (type === ERROR || type === LONG_ERROR)) {
      // It is about the PING, so whoever sent that is told.
      this.#kind = 'other';
    } else if (this.#index === batch.reads.length) {
      this.#at = 0;
      this.#phase = 'pong';
      this.#kind = 'range';
      this.#takePong(type);
      return;
    } else {
      if (![BYTES, ERROR, LONG_ERROR, NULL].includes(type)) throw unexpected('bytes or an error', type);
      this.#kind = 'range';
    }
    this.#values = 1;
  }

  #beginValue(type: number): void {
    this.#type = type;
    const mark = String.fromCharCode(type);
    this.#isReturned = false;
    if (LINES.includes(mark)) this.#phase = 'line';
    else if (type === NULL) {
      this.#at = 0;
      this.#phase = 'end';
    } else if (BODIES.includes(mark) || LISTS.includes(mark)) {
      this.#phase = 'number';
      this.#number = 0;
      this.#digits = 0;
      this.#isNegative = false;
    } else throw unexpected('a reply', type);
  }

  #skipLine(chunk: Buffer, at: number, length: number): number {
    const end = chunk.subarray(at, length).indexOf(LF);
    if (end < 0) return length;
    this.#finishValue(REFUSED);
    return at + end + 1;
  }

  #takeDigit(byte: number): void {
    if (this.#isReturned) {
      if (byte !== LF) throw unexpected('the end of a line', byte);
      this.#finishNumber();
    } else if (byte === CR && this.#digits > 0) this.#isReturned = true;
    else if (byte === MINUS && this.#digits === 0 && !this.#isNegative) this.#isNegative = true;
    else if (byte >= ZERO && byte <= ZERO + 9 && this.#digits < MAX_DIGITS) {
      this.#number = this.#number * 10 + byte - ZERO;
      this.#digits += 1;
    } else throw unexpected('a number', byte);
  }

  #finishNumber(): void {
    const number = this.#number;
    if (this.#isNegative) {
      if (number !== 1 || this.#type === LONG_ERROR)
        throw new ReplyProblem(`expected a length, got -${number}`);
      this.#finishValue(0);
    } else if (BODIES.includes(String.fromCharCode(this.#type))) {
      this.#checkLength(number);
      this.#at = 0;
      this.#left = number;
      this.#phase = number === 0 ? 'end' : 'body';
      this.#isReturned = false;
    } else {
      const isPaired = this.#type === MAP || this.#type === ATTRIBUTE;
      this.#values += isPaired ? number * 2 : number;
      // What an attribute is about follows it.
      if (this.#type === ATTRIBUTE) this.#values += 1;
      this.#finishValue(0);
    }
  }

  #checkLength(byteLength: number): void {
    if (this.#kind !== 'range' || this.#type !== BYTES) return;
    const most = this.#batches[0]!.lengthOf(this.#index);
    if (byteLength <= most) return;
    throw new ReplyProblem(`expected at most ${most} ${plural(most, 'byte')}, got ${byteLength}`);
  }

  #takeEnd(byte: number): void {
    if (byte !== (this.#isReturned ? LF : CR)) throw unexpected('the end of a body', byte);
    if (this.#isReturned) this.#finishValue(this.#type === LONG_ERROR ? REFUSED : this.#at);
    else this.#isReturned = true;
  }

  /** @param found bytes of the reply, if it is one to a read */
  #finishValue(found: number): void {
    this.#phase = 'reply';
    this.#values -= 1;
    if (this.#kind === 'other') this.#endRefused();
    if (this.#kind !== 'range') return;
    this.#batches[0]!.note(this.#index, found);
    this.#index += 1;
  }

  /** A server that refuses the PING after a batch may have refused all of it: it is busy, or loading. */
  #endRefused(): void {
    const [batch] = this.#batches;
    if (batch === undefined || this.#index < batch.reads.length) return;
    this.#index = 0;
    this.#batches.shift();
    batch.lose();
  }

  /** If anything else comes here, replies have got out of step with what was asked. */
  #takePong(byte: number): void {
    if (byte !== PONG.charCodeAt(this.#at)) throw unexpected('a PONG', byte);
    this.#at += 1;
    if (this.#at < PONG.length) return;
    this.#phase = 'reply';
    this.#index = 0;
    this.#batches.shift()!.complete();
    this.#pass(Buffer.from(PONG));
  }
}

function unexpected(expected: string, byte: number): ReplyProblem {
  return new ReplyProblem(`expected ${expected}, got ${JSON.stringify(String.fromCharCode(byte))}`);
}
