export { encodeIds, readIds } from './formats/ids.js';
export type { ByteInput } from './formats/input.js';
export { containerIds } from './formats/roaring/ids.js';
export { decodeRoaring } from './formats/roaring/reader.js';
export { exportRoaring, importRoaring } from './formats/roaring/store.js';
export { encodeRoaring, roaringByteLength } from './formats/roaring/writer.js';
export type { Container } from './store/compressed.js';
export type { ContainerKind } from './store/container.js';
export { decodeFileName, encodeFileName } from './store/filename.js';
