/** Counts the bytes of the typed arrays and buffers that code asks for, as it asks: what is never touched counts too. */
export class AllocationCounter {
  bytes = 0;
  readonly #originals = new Map<string, unknown>();

  /** From here on every `new Uint8Array` and its kin anywhere in this process is counted. */
  start(): void {
    const global = globalThis as unknown as Record<string, new (...args: unknown[]) => ArrayBufferLike>;
    for (const name of [
      'ArrayBuffer',
      'Uint8Array',
      'Uint16Array',
      'Uint32Array',
      'Int32Array',
      'Float64Array',
    ]) {
      const original = global[name]!;
      this.#originals.set(name, original);
      global[name] = new Proxy(original, {
        construct: (target, args, newTarget) => {
          const made = Reflect.construct(target, args, newTarget === global[name] ? target : newTarget);
          if (!(args[0] instanceof ArrayBuffer)) this.bytes += made.byteLength;
          return made;
        },
      });
    }
  }

  stop(): void {
    for (const [name, original] of this.#originals) Object.assign(globalThis, { [name]: original });
    this.#originals.clear();
  }
}
