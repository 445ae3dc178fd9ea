import { toHex } from '@adiabit/simulator/bits';
import type { AdiabitError } from '@adiabit/simulator/errors';
import { visible } from '@adiabit/simulator/text';
import type { DeviceDescription, PortDescription, SlotDescription } from '../../device/index.js';
import { signatureNote } from '../board-place.js';
import { styled, type Terminal } from '../terminal.js';

/** Says which port comes next. */
export const sayPort = (terminal: Terminal, { path, name }: PortDescription): void =>
  terminal.say(styled('bold', visible(path)), `  ${visible(name)}`);

/** Says what is behind a port. */
export function sayDevice(terminal: Terminal, device: DeviceDescription, slots: readonly SlotDescription[]): void {
  const firmware = `${device.firmware.major}.${device.firmware.minor}`;
  const about = `${device.boardId}, firmware ${firmware}, ${device.slotBytes} bytes a slot`;
  terminal.say(`  ${about}, ${signatureNote(device)}`);
  if (device.chipId !== undefined) terminal.say(`  chip ${device.chipId}`);
  for (const { slot, state, totalBytes, digest } of slots) {
    const active = slot === device.activeSlot ? ', running' : '';
    const content = state === 'empty' ? '' : `, ${totalBytes} bytes, digest ${toHex(digest).slice(0, 16)}`;
    terminal.say(`  slot ${slot}: ${state}${active}${content}`);
  }
}

/** Says why no device answered. */
export const sayNoDevice = (terminal: Terminal, { message }: AdiabitError): void =>
  terminal.say(`  ${visible(message)}`);

/** Returns a port with its device, as data. */
export const deviceResult = (port: PortDescription, device: DeviceDescription, slots: readonly SlotDescription[]) => ({
  ...port,
  device,
  slots: slots.map((slot) => ({ ...slot, digest: toHex(slot.digest) })),
});
