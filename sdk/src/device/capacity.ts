import { isOperators, layout, networkWorkBytes, type AnyBitstream, type Architecture } from '@adiabit/simulator';
import type { DeviceDescription } from '../protocol/replies.js';
import { FlashError } from './errors.js';

/** RAM in bytes that a circuit needs on a device: `docs/formats/link.md`, last section; operators: `bitstream.md`. */
export const workBytesOf = (bitstream: AnyBitstream): number =>
  isOperators(bitstream)
    ? networkWorkBytes(bitstream.network, bitstream.memory)
    : denseWorkBytes(bitstream.architecture);

function denseWorkBytes({ layers }: Architecture): number {
  const [first] = layers;
  const hidden = layers.slice(0, -1).map((layer) => Math.ceil(layer.outputs / 32));
  const input = layout.paddedTo4(layout.inputBytesOf(first.inputs, first.inputBits));
  const planes = first.inputBits > 1 ? 4 * Math.ceil(first.inputs / 32) * first.inputBits : 0;
  const activations = 2 * 4 * Math.max(0, ...hidden);
  return input + planes + activations + 4 * layers[layers.length - 1].outputs;
}

/**
 * Checks that a bitstream of `totalBytes` fits the device before anything is written.
 * @throws FlashError `flash.too-large` with the bytes needed and available.
 */
export function checkCapacity(device: DeviceDescription, bitstream: AnyBitstream, totalBytes: number): void {
  const check = (resource: string, what: string, neededBytes: number, availableBytes: number): void => {
    if (neededBytes <= availableBytes) return;
    throw new FlashError(
      'too-large',
      `The circuit needs ${neededBytes} bytes of ${what}, ${device.boardId} has ${availableBytes}. ` +
        'Nothing was written. Compile a smaller model or choose a larger board.',
      { resource, neededBytes, availableBytes, board: device.boardId },
    );
  };
  check('flash', 'flash', totalBytes, device.slotBytes);
  check('ram', 'RAM', workBytesOf(bitstream), device.workBytes);
}
