import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bitstreamOf, decodeBitstream, encodeBitstream } from '@adiabit/simulator/bitstream';
import { createOracle, outputShapeOf, type Network, type NetworkTrace } from '@adiabit/simulator/network';
import { DeviceSession, flash } from '@adiabit/sdk/device';
import { layerParity } from '@adiabit/sdk/workflow';
import { withFreshChecksums } from '../../simulator/src/bitstream/testing/with-fresh-checksums.js';
import { FRAME, HEADER, LAYER, PROGRAM } from '../../simulator/src/bitstream/layout.js';
import { randomInputs } from '../../simulator/src/network/testing/random-layers.js';
import { DeviceRig, RigLine, type FlashGeometry } from '../support/device-rig.js';
import { HostDevice, temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { buildPatchedFirmware, type Patch } from '../support/patched-firmware.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { overRecordings, pictureNetwork } from '../support/sample-networks.js';
import { HOST_TOOLS, missingTools, titled } from '../support/tools.js';

const missing = missingTools(...HOST_TOOLS);
const EXAMPLES = 40;

/** Every kind of layer, over examples that are prepared. Without golden vectors: a wrong device would refuse the circuit. */
const network = overRecordings(pictureNetwork(repeatableNumbers(81), 12));
const pictures = bitstreamOf(network, { name: 'pictures', modelDigest: '00', compiler: 'tests' });
const examples = randomInputs(repeatableNumbers(82), network, EXAMPLES);

const dense = sampleCircuit(repeatableNumbers(83), { widths: [60, 40, 24, 6], inputBits: 1, goldenVectors: 2 });
const bits = Array.from({ length: EXAMPLES }, (_, index) => {
  const next = repeatableNumbers(900 + index);
  return Uint8Array.from({ length: 60 }, () => next(2));
});

/** Where the weights of a layer start in the file. */
function weightsAt(bytes: Uint8Array, layer: number): number {
  const program = HEADER.size + FRAME.size;
  const record = program + PROGRAM.size + layer * LAYER.size;
  return program + new DataView(bytes.buffer, bytes.byteOffset).getUint32(record + LAYER.weightsOffset, true);
}

const firstDifferent = (one: Int32Array, two: Int32Array): number => one.findIndex((value, at) => value !== two[at]);

/** The first value that differs between the traces of a network and another one that should be it, by oracles alone. */
function expectedDifference(
  { layers }: Network,
  right: readonly NetworkTrace[],
  wrong: Network,
  inputs: readonly Uint8Array[],
) {
  const other = createOracle(wrong);
  for (const [example, expected] of right.entries()) {
    const has = other(inputs[example]);
    if (firstDifferent(expected.outputs, has.outputs) < 0) continue;
    const layer = expected.values.findIndex((values, index) => firstDifferent(values, has.values[index]) >= 0);
    const index = firstDifferent(expected.values[layer], has.values[layer]);
    const [, , channels] = outputShapeOf(layers[layer]);
    const [device, oracle] = [has.values[layer][index], expected.values[layer][index]];
    const { kind } = layers[layer];
    return { example, layer: { layer, kind, index, channel: index % channels, device, oracle } };
  }
  return undefined;
}

/** The network of a bitstream with one bit flipped; undefined where none may be: behind a row, or a weight of -128. */
function networkWithBit(bytes: Uint8Array, at: number, mask: number): Network | undefined {
  const damaged = bytes.slice();
  damaged[at] ^= mask;
  try {
    return decodeBitstream(withFreshChecksums(damaged)).network;
  } catch {
    return undefined;
  }
}

describe.skipIf(missing.length > 0)(titled('parity with one bit of a weight flipped in the flash', missing), () => {
  const geometry: FlashGeometry = { slots: 2, sectorBytes: 4096, pageBytes: 256, regionBytes: 65_536 };
  let rig: DeviceRig;
  beforeAll(async () => {
    rig = new DeviceRig();
    await rig.powerOn(geometry);
  });
  afterAll(async () => {
    expect(await rig.close()).toBe(0);
    expect(rig.errors).toBe('');
  });

  it.each([
    { name: 'the first dense layer', bytes: dense.bytes, layer: 0, inputs: bits },
    { name: 'a hidden dense layer', bytes: dense.bytes, layer: 1, inputs: bits },
    { name: 'the last dense layer', bytes: dense.bytes, layer: 2, inputs: bits },
    ...network.layers.flatMap((one, layer) =>
      one.kind === 'convolution'
        ? [{ name: `convolution ${layer}`, bytes: encodeBitstream(pictures), layer, inputs: examples }]
        : [],
    ),
  ])(
    'names exactly that layer and neuron: $name',
    async ({ bytes, layer, inputs }) => {
      const session = await DeviceSession.open(new RigLine(rig));
      const right = decodeBitstream(bytes);
      const { slot } = await flash(session, bytes);
      expect(await layerParity(session, right, inputs)).toMatchObject({ oracle: { mismatches: 0 } });
      const traces = inputs.map(createOracle(right.network));
      const flips = Array.from({ length: 64 }, (_, byte) => ({
        at: weightsAt(bytes, layer) + byte,
        mask: 0x40 >> (byte % 2),
      }));
      let found = 0;
      for (const { at, mask } of flips) {
        const wrong = networkWithBit(bytes, at, mask);
        const expected = wrong && expectedDifference(right.network, traces, wrong, inputs);
        if (expected === undefined) continue;
        expect(expected.layer.layer).toBe(layer);
        await rig.decay(slot * geometry.regionBytes + at, mask);
        const { oracle, difference } = await layerParity(session, right, inputs);
        await rig.decay(slot * geometry.regionBytes + at, mask);
        expect(oracle.mismatches).toBeGreaterThan(0);
        expect(difference).toMatchObject(expected);
        if (++found === 2) break;
      }
      expect(found).toBe(2);
      await session.close();
    },
    60_000,
  );
});

const PATCHES: readonly (Patch & { readonly name: string; readonly uses: (network: Network) => number })[] = [
  {
    name: 'a pool that takes the smallest value',
    file: 'adiabit_layers_run.c',
    before: '*to++ = (uint8_t)((any & ~flags) | (all & flags));',
    after: '*to++ = (uint8_t)((any & flags) | (all & ~flags));',
    uses: ({ layers }) => layers.findIndex((layer) => layer.kind === 'pool' && layer.operation !== 'sum'),
  },
  {
    name: 'an addition that subtracts',
    file: 'adiabit_layers_run.c',
    before: '(uint32_t)adiabit_value(&run->values, index) + (uint32_t)',
    after: '(uint32_t)adiabit_value(&run->values, index) - (uint32_t)',
    uses: ({ layers }) => layers.findIndex((layer) => layer.kind === 'add'),
  },
  {
    name: 'a preparation around another middle',
    file: 'adiabit_preparation.c',
    before: 'shifted_right(distance * factor + half, shift) + MIDDLE',
    after: 'shifted_right(distance * factor + half, shift) + MIDDLE + 9',
    uses: () => -1,
  },
  {
    name: 'a last layer that forgets its offsets',
    file: 'adiabit_layers_run.c',
    before: '((uint32_t)sum << layer->shift) + first',
    after: '((uint32_t)sum << layer->shift)',
    uses: ({ layers }) => layers.length - 1,
  },
];

describe.skipIf(missing.length > 0)(titled('parity with a kernel that is wrong on purpose', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.dispose());

  it.each(PATCHES)(
    'names the first layer that uses it: $name',
    async (patch) => {
      const place = join(folder.path, String(PATCHES.indexOf(patch)));
      await mkdir(place);
      const program = await buildPatchedFirmware(place, patch);
      const session = await DeviceSession.open(new HostDevice(join(place, 'flash'), program));
      await flash(session, encodeBitstream(pictures));
      const { oracle, difference } = await layerParity(session, pictures, examples);
      expect(oracle.mismatches).toBeGreaterThan(0);
      expect(difference).toMatchObject({ layer: { layer: patch.uses(network) } });
      await session.close();
    },
    60_000,
  );

  it('is whole where nothing is wrong', async () => {
    const session = await DeviceSession.open(new HostDevice(join(folder.path, 'flash')));
    await flash(session, encodeBitstream(pictures));
    expect(await layerParity(session, pictures, examples)).toEqual({
      oracle: { name: 'firmware on host', against: 'integer oracle', vectors: EXAMPLES, mismatches: 0 },
    });
    await session.close();
  });
});
