import { decodeBitstream } from '@adiabit/simulator/bitstream';
import { flash } from '../device/index.js';
import { readBytes } from '../files.js';
import type { BoardOpener } from './boards.js';
import { testExamples, type ExampleSource } from './examples.js';
import { layerParity, type LayerParity } from './first-difference.js';
import { throwIfCancelled, type Following } from './observer.js';
import { checkActive } from './run.js';

export interface DeviceParityOptions extends Following, ExampleSource {
  /** The .abit file that the device runs. */
  readonly bitstream: string;
  readonly open: BoardOpener;
  /** Puts the bitstream on the device first. If absent, the device must run it already. */
  readonly flashFirst?: boolean | undefined;
  /** How many test examples. If absent, all. */
  readonly limit?: number | undefined;
}

/** How a device stands to the integer oracle on test examples. */
export interface DeviceParity extends LayerParity {
  readonly board: string;
  /** The id of its chip, if it has one. */
  readonly chipId: string | undefined;
}

/**
 * Holds a device to the integer oracle on test examples, and names the layer and value where it first differs.
 * @throws FlashError `flash.slot-unavailable` if the device runs another circuit, or none; as `testExamples`,
 * `openBoard` and `layerParity` do; CancelledError
 */
export async function parityOnBoard(options: DeviceParityOptions): Promise<DeviceParity> {
  const { bitstream: file, open, flashFirst = false, limit, observer, signal } = options;
  const bytes = await readBytes(file);
  const bitstream = decodeBitstream(bytes);
  const { inputs } = await testExamples(bitstream, options, options, limit);
  throwIfCancelled(signal);
  observer?.onStage?.('device');
  const opened = await open(signal);
  const { session } = opened;
  try {
    if (flashFirst) await flash(session, bytes, signal === undefined ? {} : { signal });
    else await checkActive(session, bytes, file, signal);
    const { boardId: board, chipId } = session.device;
    return { board, chipId, ...(await layerParity(session, bitstream, inputs, options)) };
  } finally {
    await opened.close();
  }
}
