// One linear memory: constants | slots.

/** Address of the first slot. */
export const slots: usize = (__heap_base + 63) & ~63;
