/** A microcontroller that runs its real firmware image in an emulator. */
export interface EmulatedBoard {
  /** Board id as in firmware-templates/boards.json. */
  readonly id: string;
  /** Rate of the emulated line in bits per second (8N1: ten bits a byte). */
  readonly baudRate: number;
  /** A copy of the flash, to start another board from. */
  readFlash(): Uint8Array | Promise<Uint8Array>;
  /** A copy of `length` bytes of RAM from `address`, as the program addresses it. */
  readRam(address: number, length: number): Uint8Array | Promise<Uint8Array>;
  /** Takes the power away for good: what was not read is lost. */
  close(): void | Promise<void>;
}
