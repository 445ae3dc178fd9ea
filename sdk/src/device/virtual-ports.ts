import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { FormatError } from '@adiabit/simulator/errors';
import type { EmulatedBoard } from '@adiabit/simulator/boards';
import { machineOf, readBoards, readImage, type Board } from '../boards/index.js';
import type { BoardSource } from './emulated-binding.js';
import { TransportError } from './errors.js';
import { FlashFile } from './flash-file.js';

/** A port with an emulated board behind it. */
export interface VirtualPort {
  /** `virtual:` and a name. */
  readonly path: string;
  readonly boardId: string;
  /** The name for people. */
  readonly name: string;
  /** How much slower than hardware the board may be. If absent, VIRTUAL_PATIENCE. */
  readonly patience?: number;
  /**
   * Powers a board on, with the flash of an earlier one when there is one.
   * @param chipId the id of its chip, if the emulator can be told one
   */
  start(flash: Uint8Array | undefined, chipId?: Uint8Array): Promise<EmulatedBoard>;
}

export const VIRTUAL_PREFIX = 'virtual:';

/** How much slower than hardware an emulated board may be on a busy machine. */
export const VIRTUAL_PATIENCE = 10;

const CHIP_ID_BYTES = 8;

/**
 * QEMU keeps up with hardware, and loses what is said to a board that restarts: waiting long for an answer would be in
 * vain.
 */
const QEMU_PATIENCE = 2;

/** Returns the port of an emulated board. */
const portOf = (board: Board): VirtualPort => ({
  path: `${VIRTUAL_PREFIX}${board.id}`,
  boardId: board.id,
  name: `${board.name}, emulated`,
  patience: board.emulator?.kind === 'qemu' ? QEMU_PATIENCE : VIRTUAL_PATIENCE,
  async start(flash, chipId) {
    const { startBoard } = await import('@adiabit/simulator/boards');
    const image = await readImage(board);
    return startBoard(machineOf(board), { image, ...(flash ? { flash } : {}), ...(chipId ? { chipId } : {}) });
  },
});

/**
 * Makes new ports, one for every board with an emulator: nothing of what others have stored is in them.
 *
 * @param folder of more boards than come with Adiabit
 * @throws BoardError as `readBoards` does
 */
export const freshVirtualPorts = (folder?: string): VirtualPorts => new VirtualPorts(portsOf(folder));

const portsOf = (folder?: string): readonly VirtualPort[] =>
  readBoards(folder)
    .filter(({ emulator }) => emulator !== undefined)
    .map(portOf);

const shared = new Map<string | undefined, VirtualPorts>();

/**
 * Returns the ports that `openPort` and `listPorts` know, always the same ones in this process, as boards.json
 * describes them now.
 *
 * @param folder of more boards than come with Adiabit
 * @throws BoardError as `readBoards` does
 */
export function virtualPortsOf(folder?: string): VirtualPorts {
  const known = shared.get(folder) ?? new VirtualPorts([]);
  shared.set(folder, known);
  known.describe(portsOf(folder));
  return known;
}

/**
 * The virtual ports of this process. A port keeps its flash while it is closed: closing it takes the board's power
 * away, opening it gives the power back.
 */
export class VirtualPorts {
  readonly #ports = new Map<string, VirtualPort>();
  readonly #flashes = new Map<string, Uint8Array>();
  readonly #open = new Set<string>();

  constructor(ports: readonly VirtualPort[]) {
    this.describe(ports);
  }

  /** Takes these ports in place of those before; a port that stays keeps its flash. */
  describe(ports: readonly VirtualPort[]): void {
    this.#ports.clear();
    for (const port of ports) this.#ports.set(port.path, port);
  }

  list(): readonly VirtualPort[] {
    return [...this.#ports.values()];
  }

  /** Tells how much slower than hardware the board at `path` may be. */
  patience(path: string): number {
    return this.#ports.get(path)?.patience ?? VIRTUAL_PATIENCE;
  }

  /** Forgets the flash of a closed port: the next board starts as it comes from the factory. */
  erase(path: string): void {
    this.#flashes.delete(path);
  }

  /**
   * Returns the board at `path`, to be opened once at a time. With `flashFile` its flash is read from that file, if
   * there is one, and written to it when the port is closed; else it lives as long as the process.
   */
  source(path: string, flashFile?: string): BoardSource {
    let file: FlashFile | undefined;
    return {
      powerOn: async () => {
        const port = this.#claim(path);
        try {
          if (flashFile !== undefined) file = await FlashFile.open(flashFile);
          const stored = file ? file.stored : this.#flashes.get(path);
          return await port.start(stored, chipIdOf(flashFile === undefined ? path : resolve(flashFile)));
        } catch (error) {
          this.#open.delete(path);
          await file?.release();
          throw file?.stored && error instanceof FormatError ? unusableFlash(error, flashFile) : error;
        }
      },
      powerOff: async (board) => {
        try {
          const flash = await board.readFlash();
          if (file) await file.close(flash);
          else this.#flashes.set(path, flash);
        } finally {
          await board.close();
          this.#open.delete(path);
        }
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

/** Returns the chip id of the board that lives at a path: always the same, and another one than at other paths. */
const chipIdOf = (home: string): Uint8Array =>
  Uint8Array.from(createHash('sha256').update(home).digest().subarray(0, CHIP_ID_BYTES));

/** Returns the same error, with what to do about it. */
const unusableFlash = ({ message, details }: FormatError, file: string | undefined): FormatError =>
  new FormatError('bad-value', `${message} The board's flash file is ${file}; delete it to start with a new board.`, {
    ...details,
    file,
  });
