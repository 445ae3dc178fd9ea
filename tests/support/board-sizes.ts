import { flash } from '@adiabit/sdk/device';
import type { Board } from '../../sdk/src/boards/catalogue.js';
import { emulatedSlotBytes } from '../../sdk/src/boards/entry.js';
import { imageEntry } from '../../sdk/src/boards/manifest.js';
import { randomInputs } from '../../simulator/src/network/testing/random-layers.js';
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

/** What RAM has to hold for 784 inputs of 8 bits. */
const BYTES_OF_PIXELS = 2_000;

/** 784-128-10, or less where slots hold less; with 8-bit inputs where they fit. */
function denseSample(board: Board): Sample {
  const widths = emulatedSlotBytes(board) >= DENSE_BYTES ? [784, 128, 10] : [96, 40, 10];
  const inputBits = board.workBytes >= BYTES_OF_PIXELS ? 8 : 1;
  return sampleCircuit(repeatableNumbers(71), { widths, inputBits, goldenVectors: 2 });
}

/** Every kind of layer on pictures of 12 x 12. */
function pictureSample(): Sample {
  const next = repeatableNumbers(72);
  const network = pictureNetwork(next, 12);
  return sampleNetwork(network, randomInputs(next, network, 2), 2);
}

/** The stack's high-water mark over a whole session: hello, write, verify, self-test, confirm, inferences. */
const stackOfSession = (board: Board, { bytes, inputs, outputs }: Sample): Promise<number> =>
  withEmulatedDevice(board, async ({ session, stackUsed }) => {
    await flash(session, bytes);
    await session.slots();
    const results = await session.inferMany(inputs);
    if (results.some((result, index) => result.outputs.join() !== outputs[index].join())) {
      throw new Error(`${board.id} computes other outputs than the oracle.`);
    }
    return stackUsed();
  });

/** Sizes of the prebuilt image of a board, the stack measured in its emulator. */
export async function measureBoardSizes(board: Board): Promise<BoardSizes> {
  const { flashBytes, ramBytes, stackBytes } = imageEntry(board)!;
  const { flashBytes: flashHas, slotCount, slotBytes, ramBytes: ramHas, layerKinds = 'every' } = board;
  return {
    board: board.id,
    flash: { used: flashBytes, has: flashHas - slotCount * slotBytes },
    ram: { used: ramBytes, has: ramHas },
    stack: {
      dense: await stackOfSession(board, denseSample(board)),
      picture: layerKinds === 'every' ? await stackOfSession(board, pictureSample()) : undefined,
      has: stackBytes,
    },
  };
}
