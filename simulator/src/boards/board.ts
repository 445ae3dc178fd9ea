/** A microcontroller that runs its real firmware image in an emulator. */
export interface EmulatedBoard {
  /** Board id as in firmware-templates/boards.json. */
  readonly id: string;
  /** The rate of the emulated line in bits per second (8N1: ten bits a byte). */
  readonly baudRate: number;
  /** Copies the flash, so that another board can start with it. */
  readFlash(): Uint8Array | Promise<Uint8Array>;
  /** Copies `length` bytes of RAM from `address`, as the program addresses it. */
  readRam(address: number, length: number): Uint8Array | Promise<Uint8Array>;
  /** Turns the board off for good. Bytes that were not read are lost. */
  close(): void | Promise<void>;
}
