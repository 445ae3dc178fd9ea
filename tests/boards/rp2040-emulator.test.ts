/** What only the emulator of the RP2040 does: it checks the boot block, and says where a program got lost. */
import { readFileSync } from 'node:fs';
import { startInProcess } from '@adiabit/simulator/boards';
import { expect, it } from 'vitest';
import { boardEntries, imageOfBoard, machine } from '../support/board-files.js';
import { repeatableNumbers } from '../support/numbers.js';
import { RawLine } from '../support/raw-line.js';
import { sampleCircuit } from '../support/sample-circuits.js';

const pico = boardEntries().find(({ emulator }) => emulator?.kind === 'rp2040js')!;
const image = readFileSync(imageOfBoard(pico));

it('refuses an image whose boot block is damaged', () => {
  const damaged = Uint8Array.from(image);
  damaged[3] ^= 1;
  expect(() => startInProcess(machine(pico.id), { image: damaged })).toThrow('boot block');
});

it('stops and says why when the program runs into nowhere', async () => {
  const lost = Uint8Array.from(image);
  new DataView(lost.buffer).setUint32(0x104, 0x30000001, true);
  const stray = startInProcess(machine(pico.id), { image: lost });
  while (stray.fault === undefined) await new Promise((resolve) => setImmediate(resolve));
  expect(stray.fault).toMatch(/invalid memory address: 30000000/);
  const { cycles } = stray;
  stray.write(Uint8Array.of(0));
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(stray.cycles).toBe(cycles);
  stray.close();
});

it('takes between 100,000 and 2,000,000 cycles for a network for digits', async () => {
  const digits = sampleCircuit(repeatableNumbers(41), { widths: [784, 128, 10], inputBits: 8, goldenVectors: 3 });
  const board = startInProcess(machine(pico.id), { image });
  const line = new RawLine(board);
  await line.install(0, digits.bytes);
  for (const [index, input] of digits.inputs.entries()) {
    const answer = await line.infer(input);
    expect(answer?.outputs).toEqual(digits.outputs[index]);
    expect(answer?.counter).toBeGreaterThan(100_000);
    expect(answer?.counter).toBeLessThan(2_000_000);
  }
  board.close();
});
