import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { bitstreamOf, type Bitstream } from '@adiabit/simulator/bitstream';
import { networkOfCounts, workBytesOf, type CountingShape } from '@adiabit/simulator/network';
import { describe, expect, it } from 'vitest';
import type { DeviceDescription } from '../protocol/replies.js';
import { checkCapacity } from './capacity.js';

const dense = (
  inputs: number,
  outputs: number,
  inputBits: number,
  activation: CountingShape['activation'],
): CountingShape => ({ activation, inputs, outputs, inputBits, shift: 0 });
const circuit = (...shapes: readonly CountingShape[]): Bitstream =>
  bitstreamOf(
    networkOfCounts(
      shapes.map((shape) => ({
        ...shape,
        weights: bitMatrixFrom(shape.outputs, shape.inputs, () => true),
        thresholds: new Uint32Array(shape.activation === 'threshold' ? shape.outputs : 0),
        offsets: new Int32Array(shape.activation === 'integer' ? shape.outputs : 0),
      })),
    ),
    { name: '', modelDigest: '', compiler: '' },
  );
const one = circuit(dense(33, 10, 1, 'integer'));
const deep = circuit(dense(784, 128, 8, 'threshold'), dense(128, 33, 1, 'threshold'), dense(33, 10, 1, 'integer'));

const device = (slotBytes: number, workBytes: number): DeviceDescription => ({
  boardId: 'board',
  protocol: { major: 1, minor: 0 },
  formatMajor: 2,
  layerKinds: 'every',
  firmware: { major: 1, minor: 0 },
  checksSignatures: false,
  trust: undefined,
  chipId: undefined,
  slotCount: 2,
  activeSlot: undefined,
  counterUnit: 'cycles',
  counterHz: 1,
  maxPayloadBytes: 64,
  windowBytes: 128,
  slotBytes,
  workBytes,
});

describe('the memory of a circuit', () => {
  it('is the input, padded to four bytes, and the outputs, when there is one 1-bit layer', () => {
    expect(workBytesOf(one.network, one.memory)).toBe(8 + 40);
  });

  it('has the bit planes of the input besides, and the arena of its layers', () => {
    expect(workBytesOf(deep.network, deep.memory)).toBe(784 + 4 * 25 * 8 + deep.memory.arenaBytes);
  });

  it('fits to the byte, or is refused with both numbers', () => {
    checkCapacity(device(1000, 48), one, 1000);
    expect(() => checkCapacity(device(999, 48), one, 1000)).toThrow('needs 1000 bytes of flash, board has 999');
    expect(() => checkCapacity(device(1000, 47), one, 1000)).toThrow('needs 48 bytes of RAM, board has 47');
  });
});
