import { workBytesOf } from '@adiabit/simulator/network';
import { QEMU_BOARDS, qemuProgram } from '@adiabit/simulator/boards';
import { flash } from '@adiabit/sdk/device';
import { describe, expect, it } from 'vitest';
import { randomInputs } from '../simulator/src/network/testing/random-layers.js';
import { boardEntry } from './support/board-files.js';
import { withEmulatedDevice } from './support/emulated-device.js';
import { repeatableNumbers } from './support/numbers.js';
import { pictureNetwork, sampleNetwork } from './support/sample-networks.js';
import { missingTools, titled } from './support/tools.js';

const sample = (extent: number, count: number) => {
  const next = repeatableNumbers(61);
  const network = pictureNetwork(next, extent);
  return sampleNetwork(network, randomInputs(next, network, count), 2);
};

/** Whether every output on the board is the oracle's. */
async function expectEqualOutputs(id: string, count: number): Promise<void> {
  const { bytes, inputs, outputs } = sample(12, count);
  await withEmulatedDevice(id, async ({ session }) => {
    expect(session.device.format).toEqual({ major: 1, minor: 1 });
    expect(await flash(session, bytes)).toMatchObject({ goldenVectors: 2 });
    const results = await session.inferMany(inputs);
    expect(results.map((result) => result.outputs)).toEqual(outputs);
  });
}

describe('a network of operators', () => {
  it('gives the oracle’s outputs on an emulated Pico', () => expectEqualOutputs('rp2040', 30));
  it('gives the oracle’s outputs on an emulated Arduino Mega', () => expectEqualOutputs('mega', 4));

  it('is refused by the Uno, which runs dense layers only, before anything is written', async () => {
    const { bytes } = sample(12, 2);
    await withEmulatedDevice('uno', async ({ session }) => {
      await expect(flash(session, bytes)).rejects.toMatchObject({
        code: 'protocol.version-mismatch',
        message: expect.stringContaining('dense binary layers only') as string,
      });
      expect(await session.slots()).toMatchObject([{ state: 'empty' }]);
    });
  });

  it('that does not fit the RAM is refused with the bytes needed and available', async () => {
    const { bytes, bitstream } = sample(64, 2);
    const neededBytes = workBytesOf(bitstream.network, bitstream.memory);
    const availableBytes = boardEntry('mega').workBytes;
    await withEmulatedDevice('mega', async ({ session }) => {
      await expect(flash(session, bytes)).rejects.toMatchObject({
        code: 'flash.too-large',
        details: { resource: 'ram', neededBytes, availableBytes },
      });
    });
  });
});

for (const id of QEMU_BOARDS) {
  const missing = missingTools(qemuProgram(id));
  it.skipIf(missing.length > 0)(
    titled(`a network of operators gives the oracle’s outputs on the board ${id} in QEMU`, missing),
    () => expectEqualOutputs(id, 30),
  );
}
