/** What a team and its workers say to each other. */

/** What a worker is told; it does so in order. */
export type Order = StartOrder | ProgramOrder | RunOrder | ListsOrder | RenewOrder;

/** Comes first, once. */
export interface StartOrder {
  readonly order: 'start';
  readonly module: WebAssembly.Module;
  readonly isShared: boolean;
}

/** What all windows from now on are run through. */
export interface ProgramOrder extends Program {
  readonly order: 'program';
}

export interface Program {
  /** See `Opcode`. */
  readonly numbers: Int32Array;
  /** Bytes of all slots. */
  readonly slotBytes: number;
  /** How many counts it makes. */
  readonly counters: number;
}

/** To be answered by `DoneReply` or `FailedReply`. */
export interface RunOrder extends Run {
  readonly order: 'run';
  readonly tray: number;
  /** The slots' bytes, if memory is not shared. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

/** A window that lies in slots. */
export interface Run {
  /** Where it begins in every slot, and how many bytes it has. */
  readonly byteOffset: number;
  readonly byteLength: number;
  /** Of the program in this window, if they are not always the same. */
  readonly numbers: Int32Array | undefined;
}

/** To be answered by `CountedReply`, or `FailedReply`. */
export interface ListsOrder extends Lists {
  readonly order: 'lists';
}

/** Lists of ids, which are sent themselves, and the tables that are counted over them: see `Kernel.countLists`. */
export interface Lists {
  readonly tables: readonly Int32Array[];
  readonly counters: number;
  readonly lists: number;
  readonly stretches: number;
  /** Where each list begins, and the end. */
  readonly bounds: Uint32Array<ArrayBuffer>;
  readonly ids: Uint16Array<ArrayBuffer>;
}

/** Take another memory: somebody may still be writing into this one. To be answered by `ReadyReply`. */
export interface RenewOrder {
  readonly order: 'renew';
}

/** What a worker answers. */
export type Reply = ReadyReply | DoneReply | CountedReply | FailedReply;

export interface ReadyReply {
  readonly reply: 'ready';
  /** Where slots are, if memory is shared. */
  readonly memory: WebAssembly.Memory | undefined;
  /** Of the first slot in there. */
  readonly slotsOffset: number;
}

export interface DoneReply {
  readonly reply: 'done';
  readonly tray: number;
  /** Of this window alone. */
  readonly counts: Float64Array<ArrayBuffer>;
  /** The slots' bytes come back. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
}

/** What lists have in common; in the order in which they were sent. */
export interface CountedReply {
  readonly reply: 'counted';
  readonly counts: Float64Array<ArrayBuffer>;
}

/** The worker is of no more use. */
export interface FailedReply {
  readonly reply: 'failed';
  readonly reason: string;
}
