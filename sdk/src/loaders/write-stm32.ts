import type { Board, LoaderOf } from '../boards/index.js';
import type { Transport } from '../device/index.js';
import { LoaderError } from './errors.js';
import { hexadecimal } from './hexadecimal.js';
import { LoaderLine } from './line.js';
import { bytesOf, piecesOf, wrongImage, type Program } from './program.js';
import { progressOf, type LoaderOptions } from './progress.js';
import { STM32_BLOCK_BYTES, STM32_COMMAND, Stm32BootLoader } from './stm32-boot-loader.js';
import { writeVerified } from './write-verified.js';

interface Sector {
  readonly number: number;
  readonly address: number;
  readonly bytes: number;
}

/**
 * Writes a program with the boot loader in the ROM of an STM32: erases the sectors under it, and no others, so that circuits stay;
 * writes, reads back and compares, and starts the program.
 *
 * @param transport open at the loader's baud rate, with even parity
 * @throws LoaderError `loader.no-answer`, `loader.bad-reply`, `loader.refused`, `loader.wrong-chip`, `loader.protected`,
 * `loader.verify-failed`; TransportError when the line breaks; CancelledError
 */
export async function writeStm32(
  transport: Transport,
  { board, loader }: { readonly board: Board; readonly loader: LoaderOf<'stm32-uart'> },
  program: Program,
  options: LoaderOptions = {},
): Promise<{ readonly bytes: number }> {
  const line = new LoaderLine(transport, `To start the boot loader, ${loader.enter}. Then try again.`, options);
  try {
    const bootLoader = new Stm32BootLoader(line);
    const sectors = sectorsUnder(program, loader, board.flashAddress);
    const isExtended = await enter(bootLoader, board, loader);
    const pieces = piecesOf(program, STM32_BLOCK_BYTES, board.flashAddress);
    const progress = progressOf(bytesOf(pieces), options);
    await erase(bootLoader, sectors, isExtended, (share) => progress('erase', Math.round(share * bytesOf(pieces))));
    await writeVerified(bootLoader, pieces, progress);
    await bootLoader.go(board.loadAddress);
    return { bytes: bytesOf(program) };
  } finally {
    line.release();
  }
}

/** Gets the boot loader to listen, and checks that it is this board's. @returns whether it has the extended erase */
async function enter(bootLoader: Stm32BootLoader, board: Board, loader: LoaderOf<'stm32-uart'>): Promise<boolean> {
  const commands = await bootLoader.synchronise();
  const chipId = await bootLoader.chipId();
  if (chipId !== loader.chipId) {
    const message = `The chip says the number ${hexadecimal(chipId, 3)}; a ${board.mcu} has ${hexadecimal(loader.chipId, 3)}. Name the board that is connected.`;
    throw new LoaderError('wrong-chip', message, { chipId, expected: loader.chipId });
  }
  if (!(await bootLoader.isReadable(board.flashAddress))) {
    const message =
      'The flash of this chip is protected against reading, so its boot loader writes nothing. A tool of the chip, such as ' +
      'STM32CubeProgrammer, takes that off, which erases the whole flash.';
    throw new LoaderError('protected', message, { board: board.id });
  }
  return commands.has(STM32_COMMAND.extendedErase);
}

/** Erases a few sectors at a time, so that it is seen to go on. */
async function erase(
  bootLoader: Stm32BootLoader,
  sectors: readonly Sector[],
  isExtended: boolean,
  progress: (share: number) => void,
): Promise<void> {
  const AT_ONCE = 8;
  for (let first = 0; first < sectors.length; first += AT_ONCE) {
    progress(first / sectors.length);
    const some = sectors.slice(first, first + AT_ONCE).map(({ number }) => number);
    await bootLoader.erase(some, isExtended);
  }
  progress(1);
}

/** @throws LoaderError `loader.wrong-image` for a program that reaches beyond the sectors */
function sectorsUnder(program: Program, loader: LoaderOf<'stm32-uart'>, flashAddress: number): readonly Sector[] {
  const all: Sector[] = [];
  let address = flashAddress;
  for (const { bytes, count } of loader.sectors)
    for (let index = 0; index < count; index++, address += bytes) all.push({ number: all.length, address, bytes });
  const end = Math.max(...program.map((part) => part.address + part.bytes.length));
  if (end > address) throw wrongImage(`It reaches ${hexadecimal(end)}, the flash ends at ${hexadecimal(address)}.`);
  return all.filter((sector) =>
    program.some(
      (part) => part.address < sector.address + sector.bytes && part.address + part.bytes.length > sector.address,
    ),
  );
}
