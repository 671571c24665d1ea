/** Numbers of 32 bits that make a signature: 96 bits, so that two expressions that share one need not be reckoned with. */
export const SIGNATURE_WORDS = 3;
