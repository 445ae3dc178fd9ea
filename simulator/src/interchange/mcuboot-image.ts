import { bitstreamDigest, layout, manifestBytesOf, plainOf } from '../bitstream/index.js';

/** The header of an MCUboot image (its `bootutil/image.h`), little-endian. */
const HEADER = { magic: 0, headerBytes: 8, bodyBytes: 12, flags: 16, size: 32 } as const;
const IMAGE_MAGIC = 0x96f3b83d;
/** Says that no boot loader starts it. */
const NON_BOOTABLE = 0x10;

/** What stands behind the body: an info (magic, bytes of all), then type, length and value of each entry. */
const TLV_INFO_MAGIC = 0x6907;
const TLV_INFO_BYTES = 4;
const TLV_ENTRY_BYTES = 4;
const TLV_SHA256 = 0x10;

/**
 * Wraps a bitstream as an image that tools of MCUboot and mcumgr read and firmware with SMP takes: header, the digest of the
 * bitstream or, of a signed file, its manifest, then the plain bitstream, and an entry with its digest. The hash by which those tools
 * call it is that digest, not the hash over header and body that MCUboot computes: a device keeps the bitstream alone.
 * @param bytes a `.abit` file
 * @throws FormatError if the bytes are no bitstream
 */
export function writeMcubootImage(bytes: Uint8Array): Uint8Array {
  const plain = plainOf(bytes);
  const digest = bitstreamDigest(plain);
  const proof = manifestBytesOf(bytes) ?? digest;
  const headerBytes = HEADER.size + proof.length;
  const tlvBytes = TLV_INFO_BYTES + TLV_ENTRY_BYTES + layout.DIGEST_BYTES;
  const image = new Uint8Array(headerBytes + plain.length + tlvBytes);
  const view = new DataView(image.buffer);
  view.setUint32(HEADER.magic, IMAGE_MAGIC, true);
  view.setUint16(HEADER.headerBytes, headerBytes, true);
  view.setUint32(HEADER.bodyBytes, plain.length, true);
  view.setUint32(HEADER.flags, NON_BOOTABLE, true);
  image.set(proof, HEADER.size);
  image.set(plain, headerBytes);
  const info = headerBytes + plain.length;
  view.setUint16(info, TLV_INFO_MAGIC, true);
  view.setUint16(info + 2, tlvBytes, true);
  view.setUint16(info + TLV_INFO_BYTES, TLV_SHA256, true);
  view.setUint16(info + TLV_INFO_BYTES + 2, digest.length, true);
  image.set(digest, info + TLV_INFO_BYTES + TLV_ENTRY_BYTES);
  return image;
}
