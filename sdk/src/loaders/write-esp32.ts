import { createHash } from 'node:crypto';
import { AdiabitError, CancelledError } from '@adiabit/simulator/errors';
import type { BindingInterface } from '@serialport/bindings-interface' with { 'resolution-mode': 'require' };
import type { LoaderOf } from '../boards/index.js';
import { sleep } from '../device/clock.js';
import { systemClock, throwIfCancelled } from '../device/index.js';
import { LoaderError } from './errors.js';
import { loadEsptool, type Esptool, type EsptoolLoader, type EsptoolTransport } from './esptool.js';
import { wrongImage } from './program.js';
import { progressOf, type LoaderOptions } from './progress.js';
import { NodeSerialPort } from './web-serial.js';

/** How long the reset line is held. */
const RESET_MS = 100;

export interface Esp32Options extends LoaderOptions {
  /** If absent, that of the operating system. */
  readonly binding?: BindingInterface | undefined;
}

/**
 * Writes an image with the boot loader in the ROM of an ESP32, by the package esptool-js: erases what lies under it, writes, lets the
 * chip compute the MD5 of what it holds, and resets it.
 *
 * @throws LoaderError `loader.no-library`, `loader.wrong-image`, `loader.no-answer`, `loader.wrong-chip`, `loader.verify-failed`,
 * `loader.refused` with the words of esptool-js; TransportError; CancelledError
 */
export async function writeEsp32(
  path: string,
  loader: LoaderOf<'esptool'>,
  image: Uint8Array,
  options: Esp32Options = {},
): Promise<{ readonly bytes: number }> {
  throwIfCancelled(options.signal);
  if (image.length === 0) throw wrongImage('It holds nothing.');
  const esptool = await loadEsptool();
  const port = new NodeSerialPort(path, options.binding ?? (await import('serialport')).SerialPort.binding);
  const transport = quietTransport(esptool, port);
  const work = write(esptool, transport, port, { loader, image }, options);
  try {
    await stoppedBy(options.signal, work);
    return { bytes: image.length };
  } finally {
    await port.close();
  }
}

async function write(
  { ESPLoader }: Esptool,
  transport: EsptoolTransport,
  port: NodeSerialPort,
  { loader, image }: { readonly loader: LoaderOf<'esptool'>; readonly image: Uint8Array },
  options: LoaderOptions,
): Promise<void> {
  const silent = { clean: () => undefined, write: () => undefined, writeLine: () => undefined };
  const { baudRate } = loader;
  const chip = new ESPLoader({ transport, baudrate: baudRate, romBaudrate: baudRate, terminal: silent });
  await explained(port, 'no-answer', `To start the boot loader, ${loader.enter}. Then try again.`, chip.detectChip());
  checkChip(chip, loader);
  await explained(port, 'no-answer', 'Reset the board, and try again.', chip.runStub());
  const progress = progressOf(image.length, options);
  const writing = chip.writeFlash({
    fileArray: [{ data: image, address: loader.offset }],
    flashMode: 'keep',
    flashFreq: 'keep',
    flashSize: 'keep',
    eraseAll: false,
    compress: true,
    calculateMD5Hash: (bytes) => createHash('md5').update(bytes).digest('hex'),
    reportProgress: (_, written, total) => {
      throwIfCancelled(options.signal);
      // Of what is sent, which is compressed.
      progress('write', Math.round((written / total) * image.length));
      if (written === total) progress('verify', 0);
    },
  });
  await explained(port, 'refused', 'Reset the board, and write again.', writing);
  progress('verify', image.length);
  await restart(port, options);
}

/** Resets the chip. That of esptool-js holds the boot button meanwhile, because it once did. */
async function restart(port: NodeSerialPort, { clock = systemClock }: LoaderOptions): Promise<void> {
  await port.setSignals({ dataTerminalReady: false, requestToSend: true });
  await sleep(clock, RESET_MS);
  await port.setSignals({ dataTerminalReady: false, requestToSend: false });
}

function checkChip({ chip }: EsptoolLoader, loader: LoaderOf<'esptool'>): void {
  if (chip.CHIP_NAME === loader.chip) return;
  const message = `The chip is an ${chip.CHIP_NAME}; this board has an ${loader.chip}. Name the board that is connected.`;
  throw new LoaderError('wrong-chip', message, { chip: chip.CHIP_NAME, expected: loader.chip });
}

/** Makes a transport that prints nothing. */
function quietTransport({ Transport }: Esptool, port: NodeSerialPort): EsptoolTransport {
  const transport = new Transport(port);
  transport.trace = () => undefined;
  return transport;
}

/** Waits for a step of esptool-js, whose errors are only words. */
async function explained(
  port: NodeSerialPort,
  kind: 'no-answer' | 'refused',
  advice: string,
  step: Promise<unknown>,
): Promise<void> {
  try {
    await step;
  } catch (error) {
    if (error instanceof AdiabitError) throw error;
    if (port.lost !== undefined) throw port.lost;
    const said = error instanceof Error ? error.message : String(error);
    const isMismatch = said.startsWith('MD5');
    const message = `The boot loader on ${port.path}: ${said.replace(/\.?\s*$/, '')}. ${advice}`;
    throw new LoaderError(isMismatch ? 'verify-failed' : kind, message, { port: port.path, reason: said }, error);
  }
}

/** esptool-js has no way to be stopped: it is left alone, and the port is closed under it. */
async function stoppedBy(signal: AbortSignal | undefined, work: Promise<void>): Promise<void> {
  if (signal === undefined) return work;
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new CancelledError());
    signal.addEventListener('abort', stop);
  });
  await Promise.race([work, stopped]).finally(() => signal.removeEventListener('abort', stop));
}
