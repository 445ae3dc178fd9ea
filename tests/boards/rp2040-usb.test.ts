/** The Pico's own USB port: a host that enumerates it as a serial port, and the whole suite of a board over that. */
import { readFileSync } from 'node:fs';
import { startInProcess, type InProcessStart } from '@adiabit/simulator/boards';
import { checkBoard } from '@adiabit/sdk/board-check';
import { openPort, VirtualPorts } from '@adiabit/sdk/device';
import { expect, it } from 'vitest';
import { boardEntry, imageOf, machine } from '../support/board-files.js';
import { repeatableNumbers } from '../support/numbers.js';
import { RawLine } from '../support/raw-line.js';
import { sampleCircuit } from '../support/sample-circuits.js';

const image = new Uint8Array(readFileSync(imageOf('rp2040')));
/** As fast as a byte every 1.25 us: a packet of the host has several then. */
const fast = { ...machine('rp2040'), baudRate: 8_000_000 };
const startOverUsb = (more: Omit<InProcessStart, 'image'> = {}) =>
  startInProcess(fast, { image, connector: 'usb', ...more });

it('a Pico passes the suite of a board over its USB port', { timeout: 240_000 }, async () => {
  const path = 'virtual:rp2040';
  const start = (flash?: Uint8Array, chipId?: Uint8Array) =>
    Promise.resolve(startOverUsb({ ...(flash && { flash }), ...(chipId && { chipId }) }));
  const virtualPorts = new VirtualPorts([
    { path, boardId: 'rp2040', name: 'a Pico without an adapter', patience: 2, start },
  ]);
  const report = await checkBoard({
    board: boardEntry('rp2040'),
    openPort: () => openPort(path, { virtualPorts }),
    isEmulated: true,
  });
  expect(report.checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  expect(report.passed).toBeGreaterThan(15);
});

it('a Pico takes a circuit over USB and computes what the oracle does', { timeout: 60_000 }, async () => {
  const digits = sampleCircuit(repeatableNumbers(41), { widths: [784, 128, 10], inputBits: 8, goldenVectors: 3 });
  const board = startOverUsb();
  const line = new RawLine(board);
  await line.install(0, digits.bytes);
  for (const [index, input] of digits.inputs.entries())
    expect((await line.infer(input))?.outputs).toEqual(digits.outputs[index]);
  expect(board.fault).toBeUndefined();
  board.close();
});
