import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InProcessBoard } from '@adiabit/simulator/boards';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openPort } from './open-port.js';
import { VirtualPorts } from './virtual-ports.js';

/** A board that answers every byte with its value plus the first byte of its flash, in pieces. */
class AddingBoard implements InProcessBoard {
  readonly id = 'adding';
  readonly baudRate = 9600;
  readonly clockHz = 1;
  readonly cycles = 0;
  readonly fault = undefined;
  readonly #flash: Uint8Array;
  #listener: (bytes: Uint8Array) => void = () => undefined;
  isOn = true;
  constructor(flash: Uint8Array) {
    this.#flash = flash;
  }
  write(bytes: Uint8Array): void {
    setImmediate(() => {
      for (const byte of bytes) this.#listener(Uint8Array.of(byte + this.#flash[0]));
    });
  }
  onData(listener: (bytes: Uint8Array) => void): () => void {
    this.#listener = listener;
    return () => (this.#listener = () => undefined);
  }
  powerCycle = (): void => undefined;
  readRam = (): Uint8Array => new Uint8Array();
  readFlash = (): Uint8Array => Uint8Array.of(this.#flash[0] + 1);
  close = (): void => void (this.isOn = false);
}

function ports() {
  const boards: AddingBoard[] = [];
  const virtualPorts = new VirtualPorts([
    {
      path: 'virtual:adding',
      boardId: 'adding',
      name: 'a board that adds',
      start: (flash) => {
        boards.push(new AddingBoard(flash ?? Uint8Array.of(0)));
        return Promise.resolve(boards[boards.length - 1]);
      },
    },
  ]);
  return { virtualPorts, boards };
}

/** Sends `bytes` through a freshly opened port; gives what comes back. */
async function exchange(virtualPorts: VirtualPorts, bytes: Uint8Array, flashFile?: string): Promise<number[]> {
  const transport = await openPort('virtual:adding', {
    virtualPorts,
    ...(flashFile === undefined ? {} : { flashFile }),
  });
  const answer: number[] = [];
  const complete = new Promise<void>((resolve) =>
    transport.onData((piece) => {
      answer.push(...piece);
      if (answer.length === bytes.length) resolve();
    }),
  );
  await transport.write(bytes);
  await complete;
  await transport.close();
  return answer;
}

describe('an emulated board behind the serial port code', () => {
  it('gets and gives every byte, in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 5000 }), async (bytes) => {
        expect(await exchange(ports().virtualPorts, bytes)).toEqual([...bytes]);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps its flash while the port is closed, and loses it when erased', async () => {
    const { virtualPorts, boards } = ports();
    expect(await exchange(virtualPorts, Uint8Array.of(10))).toEqual([10]);
    expect(boards[0].isOn).toBe(false);
    expect(await exchange(virtualPorts, Uint8Array.of(10))).toEqual([11]);
    virtualPorts.erase('virtual:adding');
    expect(await exchange(virtualPorts, Uint8Array.of(10))).toEqual([10]);
  });

  it('keeps its flash in a file across processes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'adiabit-'));
    const flashFile = join(folder, 'flash');
    expect(await exchange(ports().virtualPorts, Uint8Array.of(10), flashFile)).toEqual([10]);
    expect(await exchange(ports().virtualPorts, Uint8Array.of(10), flashFile)).toEqual([11]);
    expect([...(await readFile(flashFile))]).toEqual([2]);
    await rm(folder, { recursive: true });
  });

  it('refuses to write after the port is closed, and can be closed twice', async () => {
    const transport = await openPort('virtual:adding', { virtualPorts: ports().virtualPorts });
    const ends: unknown[] = [];
    transport.onClose((error) => ends.push(error));
    await transport.close();
    await transport.close();
    expect(ends).toEqual([undefined]);
    await expect(transport.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'transport.disconnected' });
  });

  it('can be tried again after it did not start', async () => {
    let isBroken = true;
    const virtualPorts = new VirtualPorts([
      {
        path: 'virtual:adding',
        boardId: 'adding',
        name: 'a board that adds, the second time',
        start: () =>
          isBroken ? Promise.reject(new Error('no image')) : Promise.resolve(new AddingBoard(Uint8Array.of(0))),
      },
    ]);
    await expect(openPort('virtual:adding', { virtualPorts })).rejects.toThrow('no image');
    isBroken = false;
    expect(await exchange(virtualPorts, Uint8Array.of(4))).toEqual([4]);
  });
});
