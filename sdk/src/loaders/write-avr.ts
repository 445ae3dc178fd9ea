import { toHex } from '@adiabit/simulator/bits';
import type { Board, LoaderOf } from '../boards/index.js';
import type { Transport } from '../device/index.js';
import { AvrChip, FUSE_NAMES, fusesThatDiffer } from './avr-chip.js';
import { LoaderError } from './errors.js';
import { hexadecimal } from './hexadecimal.js';
import { LoaderLine } from './line.js';
import { bytesOf, piecesOf, type Program } from './program.js';
import { progressOf, type LoaderOptions } from './progress.js';
import { Stk500 } from './stk500.js';
import { writeVerified } from './write-verified.js';

type IspLoader = LoaderOf<'stk500v1'>;

export interface AvrOptions extends LoaderOptions {
  /** Sets fuses that differ from those with which the board is sold. If absent, such a chip is refused. */
  readonly setsFuses?: boolean | undefined;
}

/** A boot loader of the programmer itself ends by then, and starts the programmer's sketch. */
const BOOT_LOADER_MS = 2500;
const BOOT_LOADER_TRIES = 3;

/**
 * Writes a program into an AVR with a programmer at its SPI pins: erases the whole chip, circuits included, writes, reads back and
 * compares. Locks stay off: as the boards are sold, they keep a boot loader from reading its own section.
 *
 * @param transport open at the loader's baud rate
 * @throws LoaderError `loader.no-answer`, `loader.bad-reply`, `loader.wrong-chip`, `loader.fuses`, `loader.verify-failed`;
 * TransportError when the line breaks; CancelledError
 */
export async function writeAvr(
  transport: Transport,
  { board, loader }: { readonly board: Board; readonly loader: IspLoader },
  program: Program,
  options: AvrOptions = {},
): Promise<{ readonly bytes: number }> {
  const line = new LoaderLine(transport, `To reach the chip, ${loader.enter}. Then try again.`, options);
  try {
    const programmer = new Stk500(line);
    await findProgrammer(programmer, line, board);
    await programmer.setDevice({ pageBytes: loader.pageBytes, flashBytes: board.flashBytes });
    await programmer.enterProgramming();
    checkSignature(await programmer.readSignature(), board, loader);
    const chip = new AvrChip(programmer, line, board.flashBytes);
    await settleFuses(chip, loader, options);
    await writePages(chip, piecesOf(program, loader.pageBytes, 0), options);
    await programmer.leaveProgramming();
    return { bytes: bytesOf(program) };
  } finally {
    line.release();
  }
}

/** Waits for a programmer. Opening the port resets most Arduinos, and their boot loader speaks the same protocol. */
async function findProgrammer(programmer: Stk500, line: LoaderLine, board: Board): Promise<void> {
  for (let tries = 0; tries < BOOT_LOADER_TRIES; tries++) {
    if (tries > 0) await line.pause(BOOT_LOADER_MS);
    const answers = await programmer.synchronise();
    // A boot loader that has made way for a sketch other than a programmer's.
    if (!answers && tries > 0) break;
    if (!answers) throw programmer.silent();
    if ((await programmer.signOn()) !== '') return;
  }
  const message =
    `On ${line.where} the boot loader of an Arduino answers, not a programmer. The firmware of ${board.name} lies where that boot ` +
    'loader lies, so it takes a programmer once: put the sketch ArduinoISP on another Arduino, put 10 uF between its RESET and GND, ' +
    `wire it to the ISP pins of the ${board.name}, and name its port.`;
  throw new LoaderError('bad-reply', message, { port: line.where });
}

function checkSignature(signature: Uint8Array, board: Board, loader: IspLoader): void {
  const found = toHex(signature).toUpperCase();
  if (found === loader.signature) return;
  const isNothing = found === '000000' || found === 'FFFFFF';
  const message = isNothing
    ? `The programmer sees no chip (its signature reads ${found}). Check that the board has power, and the six wires: MISO, MOSI, SCK, RESET, VCC, GND.`
    : `The chip has the signature ${found}; that of a ${board.mcu} is ${loader.signature}. Name the board that is connected.`;
  throw new LoaderError('wrong-chip', message, { signature: found, expected: loader.signature });
}

/** Sees to it that a reset starts the firmware in the boot section, with the board's own clock. */
async function settleFuses(chip: AvrChip, loader: IspLoader, { setsFuses = false }: AvrOptions): Promise<void> {
  const have = await chip.fuses();
  const differ = fusesThatDiffer(have, loader.fuses);
  if (differ.length === 0) return;
  const list = (fuses: IspLoader['fuses']): string =>
    FUSE_NAMES.map((name) => `${name} ${hexadecimal(fuses[name], 2)}`).join(', ');
  if (!setsFuses) {
    const message =
      `The fuses of this chip are ${list(have)}; the firmware needs those with which the board is sold: ${list(loader.fuses)}. ` +
      'They can be set on the way; a board without its own crystal does not start with them.';
    throw new LoaderError('fuses', message, { differ, options: ['setFuses'] });
  }
  for (const name of differ) await chip.writeFuse(name, loader.fuses[name]);
  const now = await chip.fuses();
  if (fusesThatDiffer(now, loader.fuses).length === 0) return;
  throw new LoaderError('fuses', `The fuses could not be set: they are ${list(now)}. Check the wires and the supply.`);
}

async function writePages(chip: AvrChip, pages: Program, options: LoaderOptions): Promise<void> {
  const total = bytesOf(pages);
  const progress = progressOf(total, options);
  progress('erase', 0);
  await chip.erase();
  progress('erase', total);
  await writeVerified(chip, pages, progress);
}
