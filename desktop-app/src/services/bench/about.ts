import { toHex } from '@adiabit/simulator/bits';
import { slotRegionBytes, type Board } from '@adiabit/sdk/boards';
import type { DeviceDescription, SlotDescription } from '@adiabit/sdk/device';
import type { AboutDevice } from '../../common/contract/devices.js';

/** Puts together what a device said about itself and what the catalogue knows of its board. */
export function aboutOf(
  device: DeviceDescription,
  slots: readonly SlotDescription[],
  boards: readonly Board[],
  lineBytesPerSecond: number | undefined,
): AboutDevice {
  const board = boards.find(({ id }) => id === device.boardId);
  const version = ({ major, minor }: { major: number; minor: number }): string => `${major}.${minor}`;
  return {
    boardId: device.boardId,
    boardName: board?.name ?? device.boardId,
    firmware: version(device.firmware),
    protocol: version(device.protocol),
    layerKinds: device.layerKinds,
    slotBytes: device.slotBytes,
    workBytes: device.workBytes,
    counterUnit: device.counterUnit,
    counterHz: device.counterHz,
    checksSignatures: device.checksSignatures,
    ...(device.chipId === undefined ? {} : { chipId: device.chipId }),
    ...(lineBytesPerSecond === undefined ? {} : { lineBytesPerSecond }),
    ...(device.activeSlot === undefined ? {} : { activeSlot: device.activeSlot }),
    slots: slots.map(({ slot, state, totalBytes, sequence, digest }) => ({
      slot,
      state,
      totalBytes,
      sequence,
      ...(state === 'empty' ? {} : { digest: toHex(digest) }),
    })),
    ...placesOf(device, board),
  };
}

type Places = Pick<AboutDevice, 'mcu' | 'clockHz' | 'flashBytes' | 'slotsFrom' | 'slotRegionBytes' | 'slotsIn'>;

/** Tells where in the board's memory its slots are. */
function placesOf({ slotBytes }: DeviceDescription, board: Board | undefined): Places {
  if (board === undefined) return { slotsIn: 'flash' };
  const { mcu, clockHz, ramSlots } = board;
  // An emulator that cannot write flash runs a firmware with smaller slots, which are in RAM.
  if (ramSlots !== undefined && slotBytes === ramSlots.slotBytes && slotBytes !== board.slotBytes)
    return { mcu, clockHz, slotsIn: 'ram', slotRegionBytes: slotRegionBytes(ramSlots) };
  return {
    mcu,
    clockHz,
    slotsIn: 'flash',
    slotRegionBytes: slotRegionBytes(board),
    flashBytes: board.flashBytes,
    slotsFrom: board.slotAddress - board.flashAddress,
  };
}
