/** A microcontroller running its real firmware image in an emulator, seen from outside: a serial line and a clock. */
export interface EmulatedBoard {
  /** Board id as in firmware-templates/boards.json. */
  readonly id: string;
  /** Rate of the emulated line in bits per second (8N1: ten bits a byte). */
  readonly baudRate: number;
  readonly clockHz: number;
  /** Clock cycles since power-on. They depend on what was sent and run, never on the speed of the host. */
  readonly cycles: number;
  /** Sends bytes to the device; they arrive at the line rate. The queue has no limit. */
  write(bytes: Uint8Array): void;
  /** Calls `listener` with bytes from the device; returns a function that stops it. */
  onData(listener: (bytes: Uint8Array) => void): () => void;
  /** Takes the power away and gives it back: RAM is lost, flash is kept. */
  powerCycle(): void;
  /** A copy of the flash, to start another board from. */
  readFlash(): Uint8Array;
  /** Stops the emulation; nothing is called afterwards. */
  close(): void;
}
