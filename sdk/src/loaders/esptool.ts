import { LoaderError } from './errors.js';
import type { WebSerialPort } from './web-serial.js';

/** What is used of the package esptool-js, whose declarations want those of browsers. */
export interface Esptool {
  readonly Transport: new (port: WebSerialPort) => EsptoolTransport;
  readonly ESPLoader: new (options: {
    readonly transport: EsptoolTransport;
    readonly baudrate: number;
    readonly romBaudrate: number;
    readonly terminal: { clean(): void; write(text: string): void; writeLine(text: string): void };
  }) => EsptoolLoader;
}

export interface EsptoolTransport {
  /** Prints to the console, also without being asked to. */
  trace(message: string): void;
}

export interface EsptoolLoader {
  readonly chip: { readonly CHIP_NAME: string };
  /** Resets the chip into its boot loader and says what it is. */
  detectChip(): Promise<void>;
  /** Loads a faster boot loader into RAM. */
  runStub(): Promise<unknown>;
  writeFlash(options: {
    readonly fileArray: readonly { readonly data: Uint8Array; readonly address: number }[];
    readonly flashMode: 'keep';
    readonly flashFreq: 'keep';
    readonly flashSize: 'keep';
    readonly eraseAll: boolean;
    readonly compress: boolean;
    readonly reportProgress: (file: number, written: number, total: number) => void;
    readonly calculateMD5Hash: (image: Uint8Array) => string;
  }): Promise<void>;
}

/** Loads the package, which only those install who have an ESP32. @throws LoaderError `loader.no-library` */
export async function loadEsptool(): Promise<Esptool> {
  const name: string = 'esptool-js';
  try {
    return (await import(name)) as Esptool;
  } catch (error) {
    const message = 'An ESP32 is written with the package esptool-js, which is not installed: npm install esptool-js';
    throw new LoaderError('no-library', message, { library: name }, error);
  }
}
