import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBitMatrix } from '../../bits/bit-matrix.js';
import { bitstreamOf } from '../../bitstream/bitstream.js';
import { encodeBitstream } from '../../bitstream/encode.js';
import { FRAME, FRAME_KIND, HEADER, paddedTo4 } from '../../bitstream/layout.js';
import { withManifest } from '../../bitstream/signed-file.js';
import { withFreshChecksums } from '../../bitstream/testing/with-fresh-checksums.js';
import { CompiledEngine } from '../../engines/compiled.js';
import { ReferenceEngine } from '../../engines/reference.js';
import { runInferences } from '../../engines/run.js';
import { randomNetwork } from '../unrolled/testing/random-network.js';
import { elaborateLoadable } from '../folded/elaborate-folded.js';
import { randomFolding, workOf } from '../folded/testing/random-folding.js';
import { validateNetlist } from '../../netlist/validate.js';
import { planMemory } from '../../network/memory.js';
import { isBinary, type Activation, type Layer, type Network } from '../../network/network.js';
import { createOracle } from '../../network/oracle.js';
import { randomInputs, randomLayers } from '../../network/testing/random-layers.js';
import { configured, loadThroughScanChains, loadingCycles } from './load.js';
import { codeOf } from './testing/code-of.js';

type Next = (below: number) => number;

const description = { name: 'tables', modelDigest: '00', compiler: 'test' };

/** The same structure with no numbers in it: what a circuit may know that is to be loaded. */
function emptied({ input, layers }: Network): Network {
  const activation = (one: Activation): Activation =>
    Object.fromEntries(
      Object.entries(one).map(([key, value]: [string, unknown]) => [
        key,
        value instanceof Int32Array || value instanceof Uint8Array ? value.slice().fill(0) : value,
      ]),
    ) as unknown as Activation;
  const layer = (one: Layer): Layer =>
    ({
      ...one,
      ...('weights' in one
        ? {
            weights: isBinary(one.weights)
              ? createBitMatrix(one.weights.rows, one.weights.columns)
              : { ...one.weights, values: new Int8Array(one.weights.values.length) },
          }
        : {}),
      ...('activation' in one ? { activation: activation(one.activation) } : {}),
      ...(one.kind === 'pool' && one.takesMinimum !== undefined
        ? { takesMinimum: new Uint8Array(one.takesMinimum.length) }
        : {}),
    }) as Layer;
  const zeroPoints = input.zeroPoints === undefined ? {} : { zeroPoints: new Int32Array(input.zeroPoints.length) };
  return { input: { ...input, ...zeroPoints }, layers: layers.map(layer) };
}

const seeded = (): Next => {
  let state = 11;
  return (below) => (state = (state * 48271) % 2147483647) % below;
};

/** Zero points, both kinds of weights, constants of every kind, minima, golden vectors. */
function everyFrame() {
  const next = seeded();
  const bits = (rows: number, columns: number) => ({
    ...createBitMatrix(rows, columns),
    words: Uint32Array.from({ length: rows }, () => next(2 ** columns)),
  });
  const network: Network = {
    input: { count: 32, bits: 3, zeroPoints: Int32Array.of(2, 5) },
    layers: [
      {
        kind: 'convolution',
        inputShape: [4, 4, 2],
        outputShape: [4, 4, 2],
        size: [3, 3],
        stride: [1, 1],
        padding: [1, 1],
        inputEncoding: 'unsigned',
        weights: { rows: 2, columns: 18, values: Int8Array.from({ length: 36 }, () => next(255) - 127) },
        activation: { kind: 'threshold', thresholds: Int32Array.of(-40, 100), inverted: Uint8Array.of(0, 1) },
      },
      {
        kind: 'pool',
        operation: 'extreme',
        takesMinimum: Uint8Array.of(0, 1),
        inputShape: [4, 4, 2],
        outputShape: [2, 2, 2],
        size: [2, 2],
        stride: [2, 2],
      },
      {
        kind: 'dense',
        inputs: 8,
        outputs: 4,
        inputEncoding: 'bipolar',
        weights: bits(4, 8),
        activation: {
          kind: 'requantize',
          multipliers: Int32Array.of(3, -5, 9, 1),
          offsets: Int32Array.of(1, 2, -3, 40),
          shift: 2,
          minimum: 0,
          maximum: 7,
        },
      },
      {
        kind: 'dense',
        inputs: 4,
        outputs: 3,
        inputEncoding: 'unsigned',
        weights: bits(3, 4),
        activation: { kind: 'integer', shift: 0, offsets: Int32Array.of(4, -9, 0) },
      },
    ],
  };
  const inputs = randomInputs(next, network, 3);
  const oracle = createOracle(network);
  const goldenVectors = inputs.map((input) => ({ input, outputs: oracle(input).outputs }));
  const unsigned = encodeBitstream({ network, memory: planMemory(network), goldenVectors, description });
  const bytes = withManifest(unsigned, new Uint8Array(164).fill(3));
  const folding = {
    inputValues: 2,
    layers: [
      { pe: 2, simd: 1 },
      { pe: 2, simd: 2 },
      { pe: 2, simd: 4 },
      { pe: 1, simd: 2 },
    ],
  };
  return { network, goldenVectors, bytes, scan: elaborateLoadable('tables', emptied(network), folding) };
}

/** Where the frames of a bitstream start, and what they are. */
function framesOf(bytes: Uint8Array): { kind: number; at: number; size: number }[] {
  const view = new DataView(bytes.buffer);
  const frames = [];
  for (let at: number = HEADER.size; frames.length < view.getUint32(HEADER.frameCount, true);) {
    const size = FRAME.size + paddedTo4(view.getUint32(at + FRAME.payloadBytes, true));
    frames.push({ kind: view.getUint8(at + FRAME.kind), at, size });
    at += size;
  }
  return frames;
}

const withFlippedBit = (bytes: Uint8Array, bit: number): Uint8Array => {
  const flipped = bytes.slice();
  flipped[bit >> 3] ^= 1 << (bit & 7);
  return flipped;
};

describe('a folded circuit that is loaded', () => {
  it('gives the outputs of the oracle for any network whose bytes it gets, though built without any number', async () => {
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (stream) => {
        const next: Next = (below) => Number(stream.next().value) % below;
        const network = randomLayers(next);
        const folding = randomFolding(network, next, 32);
        if (workOf(network, folding) > 1500) return;
        tried++;
        const scan = elaborateLoadable('random', emptied(network), folding);
        validateNetlist(scan.circuit.netlist);
        const inputs = randomInputs(next, network, 3);
        const bytes = encodeBitstream({ network, memory: planMemory(network), goldenVectors: [], description });
        const engine = new CompiledEngine(scan.circuit.netlist, 1);
        const cycles = await loadThroughScanChains(scan, engine, bytes);
        expect(cycles).toBe(scan.chains.reduce((sum, { rows, rowBits }) => sum + rows * rowBits, 0));
        const run = await runInferences(scan.circuit, configured(engine), inputs);
        const traces = inputs.map(createOracle(network));
        expect([...run.outputs]).toEqual(traces.flatMap(({ outputs }) => [...outputs]));
        expect([...run.classes]).toEqual(traces.map((trace) => trace.class));
      }),
      { numRuns: 20 },
    );
    expect(tried).toBeGreaterThan(5);
  });

  it('takes the bitstreams of dense binary layers too, at widths around a word', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(1, 2, 31, 32, 33), { minLength: 2, maxLength: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.infiniteStream(fc.nat()),
        async (widths, inputBits, stream) => {
          const next: Next = (below) => Number(stream.next().value) % below;
          const network = randomNetwork(widths, inputBits, 1, next);
          const scan = elaborateLoadable('dense', emptied(network), randomFolding(network, next, 32));
          const engine = new CompiledEngine(scan.circuit.netlist, 1);
          await loadThroughScanChains(scan, engine, encodeBitstream(bitstreamOf(network, description)));
          const inputs = randomInputs(next, network, 3);
          const run = await runInferences(scan.circuit, configured(engine), inputs);
          expect([...run.outputs]).toEqual(inputs.flatMap((input) => [...createOracle(network)(input).outputs]));
        },
      ),
      { numRuns: 8 },
    );
  });

  it('takes another network of the same structure after the first, and then gives its outputs', async () => {
    const { network, bytes, goldenVectors, scan } = everyFrame();
    const inputs = goldenVectors.map(({ input }) => input);
    const engine = new CompiledEngine(scan.circuit.netlist, 1);
    const other = emptied(network);
    const otherBytes = encodeBitstream({ network: other, memory: planMemory(other), goldenVectors, description });
    for (const [loaded, expected] of [
      [otherBytes, inputs.map((input) => createOracle(other)(input).outputs)],
      [bytes, goldenVectors.map(({ outputs }) => outputs)],
    ] as const) {
      await loadThroughScanChains(scan, engine, loaded);
      const run = await runInferences(scan.circuit, configured(engine), inputs);
      expect([...run.outputs]).toEqual(expected.flatMap((outputs) => [...outputs]));
    }
  });

  it('stays stopped when a bit is flipped anywhere: in header, digest and frames of every kind', () => {
    const { bytes, scan } = everyFrame();
    const frames = framesOf(bytes);
    expect(new Set(frames.map(({ kind }) => kind))).toEqual(new Set([2, 4, 5, 6, 7, 8, 128, 129]));
    const refused = (bit: number): void => {
      const code = codeOf(() => [...loadingCycles(scan, withFlippedBit(bytes, bit))]);
      expect(code).toMatch(/^format\./);
    };
    expect(codeOf(() => [...loadingCycles(scan, bytes)])).toBe('accepted');
    for (let bit = 0; bit < 8 * HEADER.size; bit++) refused(bit);
    for (let bit = 8 * (bytes.length - 32); bit < 8 * bytes.length; bit++) refused(bit);
    for (const { at } of frames) for (let bit = 8 * at; bit < 8 * (at + FRAME.size); bit++) refused(bit);
    fc.assert(
      fc.property(fc.constantFrom(...frames), fc.nat(), ({ at, size }, noise) =>
        refused(8 * at + (noise % (8 * size))),
      ),
      { numRuns: 400 },
    );
  });

  it('answers nothing after a refusal, and runs once the right bytes have come', async () => {
    const { bytes, goldenVectors, scan } = everyFrame();
    const inputs = goldenVectors.map(({ input }) => input);
    const engine = new ReferenceEngine(scan.circuit.netlist);
    const damaged = withFlippedBit(bytes, 8 * bytes.length - 1);
    await expect(loadThroughScanChains(scan, engine, damaged)).rejects.toMatchObject({
      code: 'format.digest-mismatch',
    });
    await expect(runInferences(scan.circuit, configured(engine), inputs)).rejects.toMatchObject({
      code: 'circuit.latency',
    });
    await loadThroughScanChains(scan, engine, bytes);
    const run = await runInferences(scan.circuit, configured(engine), inputs);
    expect([...run.outputs]).toEqual(goldenVectors.flatMap(({ outputs }) => [...outputs]));
  });

  it('refuses a bitstream of another structure, a shorter one, and one with a frame too many', () => {
    const { network, bytes, scan } = everyFrame();
    const wider = { ...network, input: { ...network.input, bits: 4 } };
    const stranger = encodeBitstream({ network: wider, memory: planMemory(wider), goldenVectors: [], description });
    const load = (stream: Iterable<number>) => codeOf(() => [...loadingCycles(scan, stream)]);
    expect(load(stranger)).toBe('format.bad-value');
    expect(load(bytes.subarray(0, 400))).toBe('format.truncated');
    expect(load([...bytes, 0])).toBe('format.bad-value');
    const doubled = bytes.slice();
    const golden = framesOf(bytes).find(({ kind }) => kind === FRAME_KIND.goldenVectors)!;
    doubled[golden.at + FRAME.kind] = FRAME_KIND.constants;
    expect(load(withFreshChecksums(doubled))).toBe('format.bad-value');
  });
});
