import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitstreamDigest, encodeBitstream, layout, withManifest } from '../bitstream/index.js';
import { bitstreams } from '../bitstream/testing/random-bitstreams.js';
import { writeMcubootImage } from './mcuboot-image.js';

const MAGIC = 0x96f3b83d;
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Takes an image apart by what its header and its entries say, as MCUboot's tools do. */
function takeApart(image: Uint8Array) {
  const view = viewOf(image);
  const [headerBytes, bodyBytes] = [view.getUint16(8, true), view.getUint32(12, true)];
  const info = headerBytes + bodyBytes;
  return {
    magic: view.getUint32(0, true),
    behindHeader: image.slice(32, headerBytes),
    body: image.slice(headerBytes, info),
    info: [view.getUint16(info, true), view.getUint16(info + 2, true)],
    entry: [view.getUint16(info + 4, true), view.getUint16(info + 6, true)],
    value: image.slice(info + 8),
  };
}

describe('an image for tools of mcumgr', () => {
  it('holds the bitstream whole, its digest before it and behind it', () => {
    fc.assert(
      fc.property(bitstreams, (bitstream) => {
        const bytes = encodeBitstream(bitstream);
        const digest = bitstreamDigest(bytes);
        expect(takeApart(writeMcubootImage(bytes))).toEqual({
          magic: MAGIC,
          behindHeader: digest,
          body: bytes,
          info: [0x6907, 40],
          entry: [0x10, 32],
          value: digest,
        });
      }),
      { numRuns: 20 },
    );
  });

  it('holds the manifest of a signed file, and the bitstream without it', () => {
    const [bitstream] = fc.sample(bitstreams, { numRuns: 1, seed: 22 });
    const bytes = encodeBitstream(bitstream);
    const manifest = new Uint8Array(layout.MANIFEST.size).fill(7);
    const { behindHeader, body, value } = takeApart(writeMcubootImage(withManifest(bytes, manifest)));
    expect(behindHeader).toEqual(manifest);
    expect(body).toEqual(bytes);
    expect(value).toEqual(bitstreamDigest(bytes));
  });

  it('starts the bitstream at a whole word, as flash is written', () => {
    expect([layout.DIGEST_BYTES % 4, layout.MANIFEST.size % 4]).toEqual([0, 0]);
  });

  it('is made of nothing but a bitstream', () => {
    expect(() => writeMcubootImage(new Uint8Array(64))).toThrow(
      expect.objectContaining({ code: 'format.bad-magic' }) as Error,
    );
  });
});
