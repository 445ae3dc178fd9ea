import { z } from 'zod';
import { BOARD_ID, COUNTER_UNIT } from '../protocol/constants.js';
import { loaderSchema } from './loader-entry.js';
import { address, natural, positive } from './numbers.js';

const usbId = z.string().regex(/^[0-9a-f]{4}$/);

/** What each emulator has to know about the chip; what holds of the board without an emulator, too, is not repeated. */
const emulatorSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rp2040js') }),
  z.strictObject({
    kind: z.literal('avr8js'),
    dataBytes: positive,
    pageBytes: positive,
    bootAddress: address,
    alwaysReadableAddress: address,
    vectors: z.strictObject({
      received: address,
      dataRegisterEmpty: address,
      transmitted: address,
      timer1Overflow: address,
    }),
  }),
  z.strictObject({
    kind: z.literal('qemu'),
    program: z.string().regex(/^qemu-system-[a-z0-9]+$/),
    machine: z.string().min(1),
    cpu: z.exactOptional(z.string().min(1)),
    uart: z.exactOptional(natural),
    instructionShift: z.int().min(0).max(10),
    counterHz: z.exactOptional(positive),
    kept: z.strictObject({ address, bytes: positive }),
  }),
]);

const buildSchema = z.strictObject({
  folders: z.array(z.string().min(1)),
  flags: z.array(z.string().min(1)),
  link: z.exactOptional(z.array(z.string().min(1))),
  uf2: z.exactOptional(z.strictObject({ address: z.string(), family: z.string() })),
  platformio: z.exactOptional(z.strictObject({ platform: z.string(), board: z.string() })),
});

const counterUnits = Object.keys(COUNTER_UNIT) as [keyof typeof COUNTER_UNIT];

const fields = z.strictObject({
  id: z.string().regex(BOARD_ID, 'an id has lower-case letters, digits and hyphens'),
  name: z.string().min(1),
  mcu: z.string().min(1),
  core: z.string().min(1),
  family: z.enum(['cortex-m', 'riscv', 'avr']),
  wordBits: z.union([z.literal(8), z.literal(32)]),
  /** What has been done with a board without a prebuilt image, and what not. */
  template: z.exactOptional(z.string().min(1)),
  clockHz: positive,
  baudRate: positive,
  counterUnit: z.enum(counterUnits),
  counterHz: natural,
  flashAddress: address,
  flashBytes: positive,
  loadAddress: address,
  ramBytes: positive,
  slotCount: z.union([z.literal(1), z.literal(2)]),
  slotAddress: address,
  slotBytes: positive,
  sectorBytes: positive,
  /** Two sectors behind the slots, for what firmware with keys remembers; a board without them takes no such firmware. */
  trustStoreAddress: z.exactOptional(address),
  /** Slots that stand in for those in flash where the emulator cannot write flash. */
  ramSlots: z.exactOptional(z.strictObject({ slotBytes: positive, sectorBytes: positive })),
  workBytes: positive,
  maxPayloadBytes: positive,
  windowBytes: positive,
  ringBytes: positive,
  kernel: z.string().regex(/^adiabit_kernel_[a-z0-9_]+$/),
  layerKinds: z.exactOptional(z.enum(['counting', 'every'])),
  numbers: z.exactOptional(z.record(z.string().regex(/^BOARD_[A-Z0-9_]+$/), natural)),
  notes: z.exactOptional(z.record(z.string(), z.string())),
  emulator: z.exactOptional(emulatorSchema),
  build: buildSchema,
  /** How the firmware itself gets onto the board. If absent, nothing is known of that. */
  loader: z.exactOptional(loaderSchema),
  serial: z.string().min(1),
  usbIds: z.array(z.strictObject({ vendorId: usbId, productId: usbId, what: z.string() })),
});

/** A board as data: one element of a boards.json, addresses as numbers. */
export type BoardEntry = Readonly<z.infer<typeof fields>>;

/** Rules between fields: which one breaks them, whether it holds, and what it says. */
const RULES: readonly (readonly [keyof BoardEntry, (entry: BoardEntry) => boolean, string])[] = [
  ['ringBytes', (b) => b.ringBytes > b.windowBytes, 'has to be larger than windowBytes: one place stays free'],
  ['maxPayloadBytes', (b) => b.maxPayloadBytes < b.windowBytes, 'has to be smaller than windowBytes'],
  ['workBytes', (b) => b.workBytes < b.ramBytes, 'has to be smaller than ramBytes'],
  ['slotBytes', (b) => b.slotBytes % b.sectorBytes === 0, 'has to be a multiple of sectorBytes'],
  [
    'slotAddress',
    (b) => b.slotAddress >= b.flashAddress && (b.slotAddress - b.flashAddress) % b.sectorBytes === 0,
    'has to be where a sector begins, at flashAddress or behind it',
  ],
  [
    'slotBytes',
    (b) => b.slotAddress + b.slotCount * slotRegionBytes(b) <= b.flashAddress + b.flashBytes,
    'makes the slots reach beyond the flash',
  ],
  [
    'trustStoreAddress',
    (b) => {
      const { trustStoreAddress: at, sectorBytes } = b;
      if (at === undefined) return true;
      const isBehind = at >= b.slotAddress + b.slotCount * slotRegionBytes(b);
      const isInFlash = at + 2 * sectorBytes <= b.flashAddress + b.flashBytes;
      return isBehind && isInFlash && (at - b.flashAddress) % sectorBytes === 0;
    },
    'has to be where a sector begins, behind the slots, with two sectors of flash from there on',
  ],
  [
    'ramSlots',
    ({ ramSlots }) => ramSlots === undefined || ramSlots.slotBytes % ramSlots.sectorBytes === 0,
    'has to have a slotBytes that is a multiple of its sectorBytes',
  ],
];

/** Returns the bytes of a slot together with the sector of its record: how far apart slots begin. */
export const slotRegionBytes = ({ slotBytes, sectorBytes }: Pick<BoardEntry, 'slotBytes' | 'sectorBytes'>): number =>
  slotBytes + sectorBytes;

/** Returns the largest bitstream that a slot of the board holds in its emulator. */
export const emulatedSlotBytes = ({ slotBytes, ramSlots }: BoardEntry): number => ramSlots?.slotBytes ?? slotBytes;

/** Returns the bytes of the chip's id. An emulator that cannot write flash has no id of the chip either. */
export const chipIdBytes = ({ numbers, ramSlots }: BoardEntry, isEmulated: boolean): number =>
  isEmulated && ramSlots !== undefined ? 0 : (numbers?.['BOARD_CHIP_ID_BYTES'] ?? 0);

/** What a boards.json holds. */
export const entriesSchema = z.array(
  fields.superRefine((entry, context) => {
    for (const [field, holds, message] of RULES)
      if (!holds(entry)) context.addIssue({ code: 'custom', path: [field], message });
  }),
);
