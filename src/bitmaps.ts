export { encodeIds, readIds } from './formats/ids.js';
export type { ByteInput } from './formats/input.js';
export { decodeRoaring } from './formats/roaring/reader.js';
export { exportRoaring, importRoaring } from './formats/roaring/store.js';
export { encodeRoaring, roaringByteLength } from './formats/roaring/writer.js';
export { smallestContainer } from './store/container.js';
export { decodeFileName, encodeFileName, INDEX_FILE_NAME } from './store/filename.js';
export { containerIds } from './store/ids.js';
export type { Container, ContainerKind } from './store/types.js';
