import { layout, manifestBytesOf, plainOf, type Bitstream } from '@adiabit/simulator/bitstream';
import { isBinaryDense } from '@adiabit/simulator/network';
import { ProtocolError } from '../protocol/errors.js';
import type { DeviceDescription, SlotDescription } from '../protocol/replies.js';
import { checkCapacity } from './capacity.js';
import { FlashError } from './errors.js';

/**
 * Checks that a device takes a bitstream, before anything is written: its format, its layers, its size, its signature.
 * Whether it trusts the signer, the device says itself when it is shown the manifest.
 * @throws ProtocolError `protocol.version-mismatch`, FlashError `flash.too-large` or `flash.not-signed`
 */
export function checkTakes(device: DeviceDescription, bytes: Uint8Array, contents: Bitstream): void {
  checkFormat(device, bytes);
  checkLayers(device, contents);
  checkCapacity(device, contents, plainOf(bytes).length);
  checkSigned(device, manifestBytesOf(bytes));
}

/**
 * Returns the slot that a bitstream would be written to: one that neither answers now nor would boot, or the only one.
 * @param wanted if absent, the one whose loss costs least
 * @throws FlashError `flash.slot-unavailable`
 */
export function freeSlot(device: DeviceDescription, slots: readonly SlotDescription[], wanted?: number): number {
  const active = device.activeSlot;
  const free = slots.filter((slot) => slots.length === 1 || slot.slot !== active).sort(leastValuableFirst);
  const chosen = wanted === undefined ? free.at(0) : free.find((slot) => slot.slot === wanted);
  if (chosen) return chosen.slot;
  throw new FlashError(
    'slot-unavailable',
    wanted === undefined
      ? `${device.boardId} has no slot beside the one that runs. Nothing was written.`
      : `Slot ${wanted} ${wanted === active ? 'runs the present circuit' : 'does not exist'}. Nothing was written; ` +
          `choose ${free.map((slot) => slot.slot).join(' or ') || 'another board'}.`,
    { slot: wanted, slotCount: slots.length, activeSlot: active },
  );
}

/** Sorts slots by what overwriting them costs: empty ones, then unconfirmed ones, then those confirmed longest ago, then the least worn. */
const leastValuableFirst = (a: SlotDescription, b: SlotDescription): number =>
  worth(a) - worth(b) || a.sequence - b.sequence || a.erases - b.erases;
const worth = (slot: SlotDescription): number => (slot.state === 'empty' ? 0 : slot.state === 'confirmed' ? 2 : 1);

/** Refuses a bitstream of another major version than the one that the firmware reads. */
function checkFormat(device: DeviceDescription, bitstream: Uint8Array): void {
  const version = bitstream[layout.HEADER.versionMajor];
  if (version === device.formatMajor) return;
  throw new ProtocolError(
    'version-mismatch',
    `The bitstream has format version ${version}, the firmware of ${device.boardId} reads version ` +
      `${device.formatMajor}. ${version > device.formatMajor ? 'Update the firmware of the board.' : 'Compile the model again with a newer Adiabit.'}`,
    { bitstream: version, device: device.formatMajor },
  );
}

/** Refuses layers that the board does not run: a small board runs counting layers in a row and nothing else. */
function checkLayers({ boardId, layerKinds }: DeviceDescription, { network }: Bitstream): void {
  if (layerKinds === 'every' || isBinaryDense(network)) return;
  throw new ProtocolError(
    'version-mismatch',
    `The firmware of ${boardId} runs dense binary layers in a row and nothing else; this bitstream has other layers, such as ` +
      'convolutions. Nothing was written. Choose a larger board.',
    { device: layerKinds },
  );
}

/** Refuses an unsigned bitstream if the device wants a signature. */
function checkSigned({ checksSignatures, boardId, trust }: DeviceDescription, manifest: Uint8Array | undefined): void {
  if (!checksSignatures || manifest) return;
  const keys = trust === undefined ? 'the key in its firmware' : `a key that it trusts (${trust.keyIds.join(', ')})`;
  throw new FlashError(
    'not-signed',
    `The bitstream is not signed, and ${boardId} runs only what ${keys} has signed. Nothing was written. ` +
      'Sign it with "adiabit sign".',
    { board: boardId },
  );
}
