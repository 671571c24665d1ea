export { smallestContainer } from './bitmap/container.js';
export { containerIds } from './bitmap/ids.js';
export type { Container, ContainerKind } from './bitmap/types.js';
export { encodeIds, readIds } from './formats/ids.js';
export type { ByteInput } from './formats/input.js';
export { decodeRoaring } from './formats/roaring/reader.js';
export { encodeRoaring, roaringByteLength } from './formats/roaring/writer.js';
export { decodeFileName, encodeFileName, INDEX_FILE_NAME } from './names/filename.js';
export { exportRoaring, importRoaring } from './store/roaring.js';
