/** Commands of the W25Q16JV that a program sends itself; the boot ROM sends the others (data sheet, section 8.2). */
const READ_UNIQUE_ID = 0x4b;
/** The command and four dummy bytes. */
const BYTES_BEFORE_ID = 5;

export const FLASH_ID_BYTES = 8;

/** The flash chip at the end of its serial line: every byte that it gets is answered by one. */
export class FlashCommands {
  readonly #id: Uint8Array;
  #command: number | undefined;
  #position = 0;

  /** @param id FLASH_ID_BYTES bytes that tell one chip from another */
  constructor(id: Uint8Array) {
    this.#id = id;
  }

  /** The next byte is a command. */
  select(): void {
    this.#command = undefined;
    this.#position = 0;
  }

  exchange(byte: number): number {
    this.#command ??= byte;
    const at = this.#position++ - BYTES_BEFORE_ID;
    return this.#command === READ_UNIQUE_ID && at >= 0 ? (this.#id.at(at) ?? 0) : 0;
  }
}
