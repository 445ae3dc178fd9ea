import { encode } from 'fast-png';
import { expect, test } from 'vitest';
import { bitstreamOf, networkOfCounts, type Description } from '@adiabit/simulator';
import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { encodeMuLaw } from '../model/mu-law.js';
import { wavFile } from '../train/testing/wav.js';
import { exampleFromFile } from './examples.js';

/** A circuit of two classes that says what it takes. */
function circuitOver(inputs: number, trainedOn: NonNullable<Description['trainedOn']>) {
  const network = networkOfCounts([
    {
      activation: 'integer',
      inputs,
      outputs: 2,
      inputBits: 8,
      shift: 0,
      weights: bitMatrixFrom(2, inputs, () => true),
      thresholds: new Uint32Array(0),
      offsets: new Int32Array(2),
    },
  ]);
  return bitstreamOf(network, { name: 'sample', modelDigest: '00', compiler: 'tests', trainedOn });
}

test('a picture becomes an example in the shape that the circuit was trained on', async () => {
  const circuit = circuitOver(2, { kind: 'picture', shape: [1, 2] });
  const picture = encode({ width: 4, height: 1, channels: 1, data: Uint8Array.of(10, 20, 100, 200) });
  expect([...(await exampleFromFile(circuit, picture, 'file'))]).toEqual([15, 150]);
});

test('a sound becomes mu-law bytes at the rate that the circuit was trained on, ended with silence', async () => {
  const circuit = circuitOver(4, { kind: 'sound', shape: [4], sampleRateHz: 8000 });
  const sound = wavFile([1000, -1000], { sampleRateHz: 8000 });
  const expected = [1000, -1000, 0, 0].map(encodeMuLaw);
  expect([...(await exampleFromFile(circuit, sound, 'file'))]).toEqual(expected);
});

test('raw counts of sensors become an example by the scales that the circuit was trained with', async () => {
  const channels = [0, 10].map((offset) => ({
    name: `c${offset}`,
    countsPerUnit: 1,
    scale: { offset, multiplier: 1, shift: 0 },
  }));
  const circuit = circuitOver(4, { kind: 'values', shape: [2, 2], channels });
  const rows = new TextEncoder().encode('c0,c10\n1,12\n3,14\n5,16\n');
  expect([...(await exampleFromFile(circuit, rows, 'now.csv'))]).toEqual([1, 2, 3, 4]);
});

test('a file of another kind is refused by its name', async () => {
  const circuit = circuitOver(2, { kind: 'picture', shape: [1, 2] });
  await expect(exampleFromFile(circuit, Uint8Array.of(1, 2), 'letter.txt')).rejects.toThrow('letter.txt is neither');
});
