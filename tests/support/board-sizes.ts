import { flash } from '@adiabit/sdk/device';
import { readManifest } from '../../sdk/scripts/build-firmware-images.js';
import { randomInputs } from '../../simulator/src/network/testing/random-layers.js';
import { boardEntry } from './board-files.js';
import { withEmulatedDevice } from './emulated-device.js';
import { repeatableNumbers } from './numbers.js';
import { sampleCircuit } from './sample-circuits.js';
import { pictureNetwork, sampleNetwork } from './sample-networks.js';

/** What the firmware takes of a board, in bytes; `has` is what there is for it. */
export interface BoardSizes {
  readonly board: string;
  /** The program; it has what the slots leave. */
  readonly flash: { readonly used: number; readonly has: number };
  /** Data with places of their own; what is left is the stack's. */
  readonly ram: { readonly used: number; readonly has: number };
  readonly stack: { readonly dense: number; readonly picture: number | undefined; readonly has: number };
}

interface Sample {
  readonly bytes: Uint8Array;
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Int32Array[];
}

/** What a slot has to hold for 784-128-10. */
const DENSE_BYTES = 14_000;

/** 784-128-10, or less where slots hold less; with 8-bit inputs where they fit. */
function denseSample(id: string): Sample {
  const { slotBytes, emulatedSlotBytes = slotBytes } = boardEntry(id);
  const widths = emulatedSlotBytes >= DENSE_BYTES ? [784, 128, 10] : [96, 40, 10];
  return sampleCircuit(repeatableNumbers(71), { widths, inputBits: id === 'uno' ? 1 : 8, goldenVectors: 2 });
}

/** Every kind of operator on pictures of 12 x 12. */
function pictureSample(): Sample {
  const next = repeatableNumbers(72);
  const network = pictureNetwork(next, 12);
  return sampleNetwork(network, randomInputs(next, network, 2), 2);
}

/** The stack's high-water mark over a whole session: hello, write, verify, self-test, confirm, inferences. */
const stackOfSession = (id: string, { bytes, inputs, outputs }: Sample): Promise<number> =>
  withEmulatedDevice(id, async ({ session, stackUsed }) => {
    await flash(session, bytes);
    await session.slots();
    const results = await session.inferMany(inputs);
    if (results.some((result, index) => result.outputs.join() !== outputs[index].join())) {
      throw new Error(`${id} computes other outputs than the oracle.`);
    }
    return stackUsed();
  });

/** Sizes of the prebuilt image of a board, the stack measured in its emulator. */
export async function measureBoardSizes(id: string): Promise<BoardSizes> {
  const { flashBytes, ramBytes, stackBytes } = readManifest().images.find(({ board }) => board === id)!;
  const { flashBytes: flashHas, slotCount, slotBytes, ramBytes: ramHas, operators = true } = boardEntry(id);
  return {
    board: id,
    flash: { used: flashBytes, has: flashHas - slotCount * slotBytes },
    ram: { used: ramBytes, has: ramHas },
    stack: {
      dense: await stackOfSession(id, denseSample(id)),
      picture: operators ? await stackOfSession(id, pictureSample()) : undefined,
      has: stackBytes,
    },
  };
}
