import { z } from 'zod';
import { address, positive } from './numbers.js';

/** What the user's hands do so that the boot loader listens. */
const enter = z.string().min(1);

/** The way in which the firmware itself gets onto a board: the boot loader that it has from the factory, or a programmer. */
export const loaderSchema = z.discriminatedUnion('kind', [
  /** A drive that takes UF2 files. `boardId` is that of its INFO_UF2.TXT. */
  z.strictObject({ kind: z.literal('uf2-drive'), volume: z.string().min(1), boardId: z.string().min(1), enter }),
  /** A drive of Arm's DAPLink, which takes Intel HEX. `boardIds` are the first digits of the unique id in its DETAILS.TXT. */
  z.strictObject({
    kind: z.literal('hex-drive'),
    volume: z.string().min(1),
    boardIds: z.array(z.string().regex(/^[0-9A-F]{4}$/)).min(1),
    enter,
  }),
  /** The boot loader in the ROM of an STM32, on a UART (ST's application note AN3155). */
  z.strictObject({
    kind: z.literal('stm32-uart'),
    baudRate: positive,
    chipId: address,
    /** What an erase takes, from the start of the flash: runs of sectors or pages of one size. */
    sectors: z.array(z.strictObject({ bytes: positive, count: positive })).min(1),
    enter,
  }),
  /** A programmer at the SPI pins of an AVR that speaks version 1 of the STK500 protocol, such as an Arduino as ISP. */
  z.strictObject({
    kind: z.literal('stk500v1'),
    baudRate: positive,
    /** The three signature bytes, in hexadecimal. */
    signature: z.string().regex(/^[0-9A-F]{6}$/),
    pageBytes: positive,
    /** Fuses that the firmware needs: those with which the board is sold. */
    fuses: z.strictObject({ low: address, high: address, extended: address }),
    enter,
  }),
  /** The boot loader in the ROM of an ESP32, on a UART. `chip` is its name there. */
  z.strictObject({
    kind: z.literal('esptool'),
    chip: z.string().min(1),
    baudRate: positive,
    /** Where in flash the image lies. */
    offset: address,
    enter,
  }),
  /** None that Adiabit can use; `instead` says what to do. */
  z.strictObject({ kind: z.literal('none'), instead: z.string().min(1) }),
]);

export type LoaderEntry = Readonly<z.infer<typeof loaderSchema>>;
/** An entry of one kind. */
export type LoaderOf<Kind extends LoaderEntry['kind']> = Extract<LoaderEntry, { readonly kind: Kind }>;
