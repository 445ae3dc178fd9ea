import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { boardNamed, imagesFolder, readImage, userImageName, type Board, type LoaderEntry } from '../boards/index.js';
import type { DeviceDescription } from '../device/index.js';
import { readBytes } from '../files.js';
import {
  awaitHello,
  LoaderError,
  openLine,
  readProgram,
  writeAvr,
  writeDrive,
  writeEsp32,
  writeStm32,
  type LineSettings,
  type LoaderOptions,
} from '../loaders/index.js';
import { throwIfCancelled, type Following } from './observer.js';

export interface WriteFirmwareOptions extends Following {
  /** Id of a board in boards.json. */
  readonly board: string;
  /** Folder of more boards than come with Adiabit. */
  readonly boards?: string | undefined;
  /** The serial port of the board; for a board that takes a programmer, that of the programmer. */
  readonly port?: string | undefined;
  /** The folder of the board's drive, for boards that have one. If absent, it is searched and waited for. */
  readonly drive?: string | undefined;
  /** File of the firmware. If absent, the prebuilt image of the board. */
  readonly image?: string | undefined;
  /** The port on which the firmware says hello, if that is another one. If absent, `port`; without either nothing is asked. */
  readonly helloPort?: string | undefined;
  /** Sets the fuses of an AVR that differ from those with which the board is sold. If absent, such a chip is refused. */
  readonly setsFuses?: boolean | undefined;
}

/** What came of it. */
export interface WrittenFirmware {
  readonly board: string;
  readonly loader: LoaderEntry['kind'];
  /** Bytes of the program. */
  readonly bytes: number;
  /** Whether they were read back and compared; a drive cannot be. */
  readonly isVerified: boolean;
  /** The port or the drive that took it. */
  readonly place: string;
  /** What the firmware says of itself; absent if it was not asked. */
  readonly hello?: DeviceDescription;
}

type Written = Pick<WrittenFirmware, 'bytes' | 'isVerified' | 'place'>;

/**
 * Puts firmware on a board through the board's own way in (`loader` in boards.json), and waits for its hello.
 *
 * @throws BoardError `board.unknown`, `board.not-built`; DataError `data.not-found` for the image; LoaderError; TransportError;
 * CancelledError. If the board has no whole firmware then, a note `firmware-incomplete` has said so.
 */
export async function writeFirmware(options: WriteFirmwareOptions): Promise<WrittenFirmware> {
  const { observer, signal } = options;
  throwIfCancelled(signal);
  const board = boardNamed(options.board, options.boards);
  const loader = loaderOf(board);
  const image = options.image === undefined ? await prebuilt(board, loader) : await readBytes(options.image);
  observer?.onStage?.('device');
  let isBegun = false;
  const following: LoaderOptions = {
    signal,
    onProgress: ({ phase, bytes: done, totalBytes: total, bytesPerSecond }) => {
      isBegun = true;
      observer?.onProgress?.({ step: 'firmware', done, total, phase, bytesPerSecond });
    },
  };
  const written = await write(board, loader, image, options, following).catch((error: unknown) => {
    if (isBegun) observer?.onNote?.({ kind: 'firmware-incomplete', board: board.id });
    throw error;
  });
  const port = options.helloPort ?? (loader.kind === 'stk500v1' ? undefined : options.port);
  const result = { board: board.id, loader: loader.kind, ...written };
  if (port === undefined) return result;
  observer?.onNote?.({ kind: 'hello-awaited', port });
  return { ...result, hello: await awaitHello(board, port, { signal }) };
}

function write(
  board: Board,
  loader: LoaderEntry,
  image: Uint8Array,
  options: WriteFirmwareOptions,
  following: LoaderOptions,
): Promise<Written> {
  const { drive, setsFuses, observer } = options;
  switch (loader.kind) {
    case 'uf2-drive':
    case 'hex-drive': {
      const { volume, enter } = loader;
      const onWait = (): void => observer?.onNote?.({ kind: 'drive-awaited', volume, enter });
      return writeDrive(board, loader, image, { ...following, drive, onWait }).then(({ drive: place, bytes }) => {
        return { bytes, isVerified: false, place };
      });
    }
    case 'stm32-uart': {
      const program = readProgram(board, image);
      return overLine(options, { baudRate: loader.baudRate, parity: 'even' }, (line) =>
        writeStm32(line, { board, loader }, program, following),
      );
    }
    case 'stk500v1': {
      const program = readProgram(board, image);
      return overLine(options, loader, (line) =>
        writeAvr(line, { board, loader }, program, { ...following, setsFuses }),
      );
    }
    case 'esptool': {
      const place = portOf(options);
      return writeEsp32(place, loader, image, following).then(({ bytes }) => ({ bytes, isVerified: true, place }));
    }
    case 'none':
      throw new LoaderError('none', `Adiabit has no way into ${board.name}.`, { board: board.id });
  }
}

/** @throws LoaderError `loader.no-place` */
function portOf({ board, port }: WriteFirmwareOptions): string {
  if (port !== undefined) return port;
  const message = `The firmware of ${board} goes over a serial port: name it. "adiabit devices" lists the ports.`;
  throw new LoaderError('no-place', message, { board, options: ['port'] });
}

async function overLine(
  options: WriteFirmwareOptions,
  settings: LineSettings,
  work: (line: Awaited<ReturnType<typeof openLine>>) => Promise<{ readonly bytes: number }>,
): Promise<Written> {
  const place = portOf(options);
  const line = await openLine(place, settings);
  try {
    const { bytes } = await work(line);
    return { bytes, isVerified: true, place };
  } finally {
    await line.close();
  }
}

/** @throws LoaderError `loader.none`, with what to do instead */
function loaderOf({ id, name, home, loader }: Board): LoaderEntry {
  if (loader !== undefined && loader.kind !== 'none') return loader;
  const instead =
    loader?.instead ??
    `Its entry in ${join(home, 'boards.json')} has no loader; the guide to new boards says what one is`;
  throw new LoaderError('none', `Adiabit cannot put firmware on the ${name} by itself. ${instead}.`, { board: id });
}

/** Reads the prebuilt image in the form that the loader takes. @throws BoardError `board.not-built` */
async function prebuilt(board: Board, { kind }: LoaderEntry): Promise<Uint8Array> {
  const plain = await readImage(board);
  const isDrive = kind === 'uf2-drive' || kind === 'hex-drive';
  return isDrive ? new Uint8Array(await readFile(join(imagesFolder(board), userImageName(board)))) : plain;
}
