/** The `.abit` file: reading, writing, digest, signature, and inputs packed as circuits take them. `layout` has its numbers. */
export { bitstreamOf, type Bitstream, type GoldenVector } from './bitstream.js';
export { encodeBitstream } from './encode.js';
export { bitstreamDigest, decodeBitstream } from './decode.js';
export {
  summarizeBitstream,
  type BitstreamSummary,
  type Description,
  type SensorChannel,
  type TrainedOn,
} from './description.js';
export {
  decodeManifest,
  encodeManifest,
  MANIFEST_BOARD,
  manifestMessage,
  PRODUCT_NAME,
  type Manifest,
} from './manifest.js';
export { manifestBytesOf, plainOf, withManifest } from './signed-file.js';
export { packInput, unpackInput } from './input.js';
export * as layout from './layout.js';
