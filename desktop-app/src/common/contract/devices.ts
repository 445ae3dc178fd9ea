import { z } from 'zod';
import type { Failure } from '../envelope.js';
import { method, portPath } from './define.js';

/** What a device is doing. */
export type DeviceState =
  /** Nobody has said hello to it: it is a port that may have anything behind it. */
  | { readonly kind: 'unasked' }
  | { readonly kind: 'connecting' }
  /** It answers. */
  | { readonly kind: 'live' }
  /** It is being written. `done` and `total` are bytes. */
  | { readonly kind: 'busy'; readonly done: number; readonly total: number }
  /** It was unplugged. What was known of it is kept. */
  | { readonly kind: 'gone' }
  /** It cannot be opened, or does not answer as a device of ours. */
  | { readonly kind: 'refused'; readonly error: Failure; readonly fix?: string };

export interface Device {
  /** Stays the same while the app runs, and for one of the same chip. */
  readonly id: string;
  readonly name: string;
  /** Of `recorded`, a recording answers in its place. */
  readonly kind: 'serial' | 'emulated' | 'recorded';
  /** The port, such as `/dev/ttyACM0`. */
  readonly path: string;
  /** USB vendor and product, four hexadecimal digits each. */
  readonly vendorId?: string;
  readonly productId?: string;
  readonly serialNumber?: string;
  readonly state: DeviceState;
  /** Whether what goes over its line is being taken down. */
  readonly isRecording: boolean;
  /** What it said about itself, as of the last time that it answered. */
  readonly about?: AboutDevice;
}

export interface AboutDevice {
  readonly boardId: string;
  /** The name of its board in the catalogue; its id if the board is not there. */
  readonly boardName: string;
  readonly mcu?: string;
  readonly clockHz?: number;
  readonly firmware: string;
  readonly protocol: string;
  readonly layerKinds: 'counting' | 'every';
  readonly slotBytes: number;
  /** What a slot takes with the sector of its record: how far apart slots begin. Absent for a board that is not in the catalogue. */
  readonly slotRegionBytes?: number;
  /** Where the slots are. Some emulators cannot write flash: their boards keep slots in RAM. */
  readonly slotsIn: 'flash' | 'ram';
  /** What the line can carry, in bytes per second, if it is known. */
  readonly lineBytesPerSecond?: number;
  readonly workBytes: number;
  readonly counterUnit: 'none' | 'cycles' | 'instructions' | 'microseconds';
  readonly counterHz: number;
  /** Whether it says that it runs only what is signed. Nothing but the device vouches for that. */
  readonly checksSignatures: boolean;
  /** The chip's own number, hexadecimal; absent if it has none. */
  readonly chipId?: string;
  readonly activeSlot?: number;
  readonly slots: readonly Slot[];
  /** Flash of the whole chip and where the slots begin in it, if the board is in the catalogue. */
  readonly flashBytes?: number;
  readonly slotsFrom?: number;
}

export interface Slot {
  readonly slot: number;
  readonly state: 'empty' | 'pending' | 'test' | 'confirmed';
  readonly totalBytes: number;
  readonly sequence: number;
  /** SHA-256 of the bitstream, hexadecimal; absent if the slot is empty. */
  readonly digest?: string;
}

/** A board that can be emulated. */
export interface EmulatedBoardKind {
  readonly board: string;
  readonly name: string;
}

const deviceId = z.strictObject({ device: z.string().max(300) });

export const DEVICE_METHODS = {
  listDevices: method<readonly Device[]>()('bench', z.strictObject({})),
  listEmulatedBoards: method<readonly EmulatedBoardKind[]>()('bench', z.strictObject({})),
  /** Says hello; also tries again what was refused. */
  connectDevice: method<Device>()('bench', deviceId),
  /** Lets the port go, so that other programs can have it. */
  releaseDevice: method<undefined>()('bench', deviceId),
  renameDevice: method<undefined>()(
    'bench',
    z.strictObject({ device: z.string().max(300), name: z.string().trim().min(1).max(60) }),
  ),
  /** Adds a port that the operating system does not list, such as a pseudo terminal, and says hello. */
  addPort: method<Device>()(
    'bench',
    z.strictObject({
      path: portPath,
    }),
  ),
  startEmulatedBoard: method<Device>()('bench', z.strictObject({ board: z.string().max(64) })),
  /** Takes an emulated board from the list, with all that it holds. */
  removeEmulatedBoard: method<undefined>()('bench', deviceId),
  /** Pulls the cable of an emulated board, which takes its power: also in the middle of a write. */
  unplugEmulatedBoard: method<undefined>()('bench', deviceId),
  plugInEmulatedBoard: method<Device>()('bench', deviceId),
};

export interface DeviceEvents {
  /** All devices, whenever one changes. */
  readonly devices: readonly Device[];
}
