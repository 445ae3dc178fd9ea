import { join } from 'node:path';
import { createOracle, encodeBitstream, packInput, decodeBitstream, type Bitstream } from '@adiabit/simulator';
import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { planMemory, workBytesOf, type Network } from '@adiabit/simulator/network';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeFrames } from '../../simulator/src/bitstream/frames.js';
import { withFreshChecksums } from '../../simulator/src/bitstream/testing/with-fresh-checksums.js';
import { DIGEST_BYTES, FRAME, FRAME_KIND, HEADER, LAYER, PROGRAM } from '../../simulator/src/bitstream/layout.js';
import {
  randomBitConvolutions,
  randomInputs,
  randomLayers,
  randomLogicNetwork,
} from '../../simulator/src/network/testing/random-layers.js';
import { temporaryFolder } from '../support/host-device.js';
import { KERNELS, checkBitstreams, runBitstream, workBytesOnDevice } from '../support/host-tools.js';
import { repeatableNumbers } from '../support/numbers.js';
import { missingTools, titled } from '../support/tools.js';

const missing = missingTools('gcc', 'make');
const OK = 0;

/** More memory than the tables of all layers take. */
const ROOM_FOR_ALL = 4_000_000;

/**
 * Numbers of inputs around those of a chunk, a block and a segment of tables, of a word, the largest whose sums are bytes,
 * and the largest with tables.
 */
const WINDOWS = [
  ...[1, 3, 4, 5, 6, 7, 8, 9, 29, 30, 31, 32, 33, 59, 60, 61, 63, 64, 65, 126, 127, 128],
  ...[223, 224, 225, 239, 240, 241, 448, 449, 479, 480, 481, 4096, 4097],
];

type Next = (below: number) => number;

/** A convolution along a line of five places with windows of three inputs' channels where that divides them, and 35 channels. */
function convolutionOver(taps: number, inputEncoding: 'unsigned' | 'bipolar', next: Next): Network {
  const width = taps % 3 === 0 ? 3 : 1;
  const channels = taps / width;
  const filters = 35;
  const extremes = [-(2 ** 31), -taps - 1, -taps, 0, taps, taps + 1, 2 ** 31 - 1];
  const places = 5;
  return {
    input: { count: places * channels, bits: 1 },
    layers: [
      {
        kind: 'convolution',
        inputShape: [1, places, channels],
        outputShape: [1, places, filters],
        size: [1, width],
        stride: [1, 1],
        padding: [0, (width - 1) / 2],
        inputEncoding,
        weights: bitMatrixFrom(filters, taps, () => next(2) === 1),
        activation: {
          kind: 'threshold',
          thresholds: Int32Array.from({ length: filters }, (_, filter) => extremes[filter] ?? next(9) - 4),
        },
      },
      {
        kind: 'dense',
        inputs: places * filters,
        outputs: 40,
        inputEncoding: 'unsigned',
        weights: bitMatrixFrom(40, places * filters, () => next(2) === 1),
        activation: { kind: 'integer', shift: 0, offsets: new Int32Array(40) },
      },
    ],
  };
}

/** A random network as a bitstream, with inputs and what the oracle makes of them. */
const sample = (next: Next, goldenVectors = 1) => sampleOf(randomLayers(next), next, goldenVectors);

function sampleOf(network: Network, next: Next, goldenVectors = 1) {
  const oracle = createOracle(network);
  const inputs = randomInputs(next, network, 5);
  const outputs = inputs.map((input) => oracle(input).outputs);
  const bitstream: Bitstream = {
    network,
    memory: planMemory(network),
    goldenVectors: inputs.slice(0, goldenVectors).map((input, index) => ({ input, outputs: outputs[index] })),
    description: { name: 'sample', modelDigest: '00', compiler: 'tests' },
  };
  const { count, bits } = network.input;
  return {
    bitstream,
    outputs,
    bytes: encodeBitstream(bitstream),
    inputs: inputs.map((v) => packInput(v, count, bits)),
  };
}

const samples = fc.infiniteStream(fc.nat()).map((noise) => sample((below) => Number(noise.next().value) % below));

describe.skipIf(missing.length > 0)(titled('layers in the firmware', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.dispose());

  it('give what the oracle gives, in every network, with every kernel', () => {
    fc.assert(
      fc.property(samples, fc.constantFrom(...KERNELS), ({ bytes, inputs, outputs }, kernel) => {
        const expected = outputs.flatMap((output) => [...output]);
        expect([...runBitstream(bytes, inputs, join(folder.path, 'network.abit'), kernel)]).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('give the same where convolutions of bits run at many places at once', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), fc.constantFrom('sums', 'reference'), (noise, kernel) => {
        const next = (below: number) => Number(noise.next().value) % below;
        const { bytes, inputs, outputs } = sampleOf(randomBitConvolutions(next), next);
        const expected = outputs.flatMap((output) => [...output]);
        expect([...runBitstream(bytes, inputs, join(folder.path, 'network.abit'), kernel)]).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('look learnt logic up as the oracle does, from records as they are stored and decoded ones', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), fc.constantFrom(0, 2_000, ROOM_FOR_ALL), (noise, room) => {
        const next = (below: number) => Number(noise.next().value) % below;
        const { bytes, bitstream, inputs, outputs } = sampleOf(randomLogicNetwork(next, 200), next);
        const path = join(folder.path, 'network.abit');
        expect([...runBitstream(bytes, inputs, path, 'sums', room)]).toEqual(outputs.flatMap((output) => [...output]));
        expect(workBytesOnDevice(bytes, path)).toBe(workBytesOf(bitstream.network, bitstream.memory));
      }),
      { numRuns: 150 },
    );
  });

  it('give the same by tables of windows of any stride and padding', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (noise) => {
        const next = (below: number) => Number(noise.next().value) % below;
        const { bytes, inputs, outputs } = sampleOf(randomBitConvolutions(next), next);
        const expected = outputs.flatMap((output) => [...output]);
        const path = join(folder.path, 'network.abit');
        expect([...runBitstream(bytes, inputs, path, 'carry-save', ROOM_FOR_ALL)]).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('give the same with room for the tables of some layers, or of all', () => {
    fc.assert(
      fc.property(samples, fc.constantFrom(4_000, 20_001, ROOM_FOR_ALL), ({ bytes, inputs, outputs }, room) => {
        const expected = outputs.flatMap((output) => [...output]);
        const path = join(folder.path, 'network.abit');
        expect([...runBitstream(bytes, inputs, path, 'carry-save', room)]).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it.each(WINDOWS)(
    'give the same by tables of a window of %i inputs, in both encodings and beyond every threshold',
    (taps) => {
      for (const inputEncoding of ['unsigned', 'bipolar'] as const) {
        const next = repeatableNumbers(taps);
        const { bytes, inputs, outputs } = sampleOf(convolutionOver(taps, inputEncoding, next), next);
        const found = runBitstream(bytes, inputs, join(folder.path, 'network.abit'), 'carry-save', ROOM_FOR_ALL);
        expect([...found]).toEqual(outputs.flatMap((output) => [...output]));
      }
    },
  );

  it('need the memory that the host says they need', () => {
    const next = repeatableNumbers(41);
    for (let run = 0; run < 20; run++) {
      const { bytes, bitstream } = sample(next);
      const needed = workBytesOf(bitstream.network, bitstream.memory);
      expect(workBytesOnDevice(bytes, join(folder.path, 'network.abit'))).toBe(needed);
    }
  });

  it('are refused with any one bit flipped, and when cut anywhere', () => {
    const { bytes } = sample(repeatableNumbers(42));
    const flipped = Array.from({ length: Math.min(bytes.length, 1500) * 8 }, (_, bit) => {
      const copy = bytes.slice();
      copy[bit >> 3] ^= 1 << (bit & 7);
      return copy;
    });
    const cut = Array.from({ length: bytes.length }, (_, length) => bytes.slice(0, length));
    expect(checkBitstreams([bytes])).toEqual([OK]);
    expect(checkBitstreams([...flipped, ...cut]).filter((status) => status === OK)).toEqual([]);
  });

  it('are refused by device and host alike when a wire goes nowhere or a bit is set behind a table', () => {
    const next = repeatableNumbers(44);
    let [refused, taken] = [0, 0];
    for (let round = 0; round < 40; round++) {
      const { bytes, inputs } = sampleOf(randomLogicNetwork(next), next, 0);
      const tables = decodeFrames(bytes, new DataView(bytes.buffer).getUint32(HEADER.frameCount, true)).find(
        ({ kind }) => kind === FRAME_KIND.tables,
      );
      if (tables === undefined) throw new Error('It has logic.');
      const forged = bytes.slice();
      forged[tables.offset + next(tables.payload.byteLength)] ^= 1 << next(8);
      const sealed = withFreshChecksums(forged);
      const [status] = checkBitstreams([sealed]);
      expect(status === OK).toBe(refusal(sealed) === '');
      if (status === OK) {
        taken++;
        runBitstream(sealed, inputs, join(folder.path, 'network.abit'));
      } else {
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(3);
    expect(taken).toBeGreaterThan(3);
  });

  it('are never accepted, nor run out of bounds, when forged bytes are sealed anew', () => {
    const next = repeatableNumbers(43);
    expectForgeriesBounded(
      next,
      () => sample(next),
      /^$|means nothing|31 bits|32 bits|do not fit|overwrite|description|-128|read as \+1|golden vectors|its memory|threshold of/,
    );
  });

  it('of logic are never accepted, nor run out of bounds, when forged bytes are sealed anew', () => {
    const next = repeatableNumbers(45);
    expectForgeriesBounded(
      next,
      () => sampleOf(randomLogicNetwork(next), next),
      /^$|means nothing|32 bits|do not fit|overwrite|description|golden vectors|its memory|has a threshold|threshold of/,
    );
  });

  /** Forges bitstreams at random. Those that the device takes must run, and the host may refuse them for these reasons only. */
  function expectForgeriesBounded(next: Next, draw: () => ReturnType<typeof sample>, reasons: RegExp): void {
    let accepted = 0;
    for (let round = 0; round < 20; round++) {
      const { bytes, bitstream, inputs } = draw();
      const program = HEADER.size + FRAME.size;
      const records = PROGRAM.size + bitstream.network.layers.length * LAYER.size;
      const forgeries = Array.from({ length: 100 }, () => {
        const copy = bytes.slice();
        for (let change = 0; change <= next(2); change++) {
          const at = next(5) > 0 ? program + next(records) : next(bytes.length - DIGEST_BYTES);
          copy[at] = next(3) > 0 ? next(12) : copy[at] ^ (1 << next(8));
        }
        return withFreshChecksums(copy);
      });
      const statuses = checkBitstreams(forgeries);
      const taken = forgeries.filter((_, index) => statuses[index] === OK);
      accepted += taken.length;
      // The host reads more closely what costs a board time: what every value can reach, and bytes that mean nothing.
      for (const forgery of taken) expect(refusal(forgery)).toMatch(reasons);
      if (taken.length > 0) runBitstream(taken[0], inputs, join(folder.path, 'network.abit'));
    }
    expect(accepted).toBeGreaterThan(50);
  }
});

function refusal(bytes: Uint8Array): string {
  try {
    decodeBitstream(bytes);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
