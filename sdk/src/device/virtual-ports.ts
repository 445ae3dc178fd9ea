import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { FormatError } from '@adiabit/simulator/errors';
import type { EmulatedBoard } from '@adiabit/simulator/boards';
import type { BoardSource } from './emulated-binding.js';
import { TransportError } from './errors.js';
import { FlashFile } from './flash-file.js';

/** A port with an emulated board behind it. */
export interface VirtualPort {
  /** `virtual:` and a name. */
  readonly path: string;
  readonly boardId: string;
  /** For people. */
  readonly name: string;
  /** Powers a board on, with the flash of an earlier one when there is one. */
  start(flash: Uint8Array | undefined): Promise<EmulatedBoard>;
}

export const VIRTUAL_PREFIX = 'virtual:';

/** How much slower than hardware an emulated board may be on a busy machine. */
export const VIRTUAL_PATIENCE = 10;

const require = createRequire(import.meta.url);

const RP2040: VirtualPort = {
  path: 'virtual:rp2040',
  boardId: 'rp2040',
  name: 'Raspberry Pi Pico, emulated',
  async start(flash) {
    const { startRp2040 } = await import('@adiabit/simulator/boards');
    const image = await readFile(require.resolve('@adiabit/firmware-templates/images/adiabit-rp2040.bin'));
    return startRp2040(flash ? { image, flash } : { image });
  },
};

const arduino = (board: 'uno' | 'mega', name: string): VirtualPort => ({
  path: `virtual:${board}`,
  boardId: board,
  name,
  async start(flash) {
    const { startAvrBoard } = await import('@adiabit/simulator/boards');
    const image = await readFile(require.resolve(`@adiabit/firmware-templates/images/adiabit-${board}.hex`));
    return startAvrBoard(flash ? { board, image, flash } : { board, image });
  },
});

/**
 * The virtual ports of this process. A port keeps its flash while it is closed: closing it takes the board's power
 * away, opening it gives the power back.
 */
export class VirtualPorts {
  readonly #ports = new Map<string, VirtualPort>();
  readonly #flashes = new Map<string, Uint8Array>();
  readonly #open = new Set<string>();

  constructor(ports: readonly VirtualPort[]) {
    for (const port of ports) this.#ports.set(port.path, port);
  }

  list(): readonly VirtualPort[] {
    return [...this.#ports.values()];
  }

  /** Forgets the flash of a closed port: the next board starts as it comes from the factory. */
  erase(path: string): void {
    this.#flashes.delete(path);
  }

  /**
   * The board at `path`, to be opened once at a time. With `flashFile` its flash is read from that file, if there is
   * one, and written to it when the port is closed; else it lives as long as the process.
   */
  source(path: string, flashFile?: string): BoardSource {
    let file: FlashFile | undefined;
    return {
      powerOn: async () => {
        const port = this.#claim(path);
        try {
          if (flashFile !== undefined) file = await FlashFile.open(flashFile);
          return await port.start(file ? file.stored : this.#flashes.get(path));
        } catch (error) {
          this.#open.delete(path);
          await file?.release();
          throw file?.stored && error instanceof FormatError ? unusableFlash(error, flashFile) : error;
        }
      },
      powerOff: async (board) => {
        const flash = board.readFlash();
        board.close();
        this.#open.delete(path);
        if (file) await file.close(flash);
        else this.#flashes.set(path, flash);
      },
    };
  }

  #claim(path: string): VirtualPort {
    const port = this.#ports.get(path);
    if (!port) {
      const known = this.list().map((one) => one.path);
      throw new TransportError('not-found', `There is no emulated board "${path}". These exist: ${known.join(', ')}.`, {
        path,
        known,
      });
    }
    if (this.#open.has(path)) {
      throw new TransportError('port-busy', `${path} is open already in this process. Close it first.`, { path });
    }
    this.#open.add(path);
    return port;
  }
}

/** The same error, with what to do about it. */
const unusableFlash = ({ message, details }: FormatError, file: string | undefined): FormatError =>
  new FormatError('bad-value', `${message} The board's flash file is ${file}; delete it to start with a new board.`, {
    ...details,
    file,
  });

/** The ports that `openPort` and `listPorts` know. */
export const virtualPorts = new VirtualPorts([
  RP2040,
  arduino('uno', 'Arduino Uno, emulated'),
  arduino('mega', 'Arduino Mega 2560, emulated'),
]);
