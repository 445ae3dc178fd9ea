import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { decodeBitstream } from '@adiabit/simulator/bitstream';
import { expect, test } from 'vitest';
import type { BinarizedModel } from '../model/model.js';
import { compileBitstream } from './compile-bitstream.js';
import { compile } from './compile.js';
import { COMPILER, descriptionOf } from './description.js';

const model: BinarizedModel = {
  name: 'named',
  input: { count: 3, bits: 8 },
  layers: [
    {
      kind: 'dense',
      inputs: 3,
      outputs: 2,
      inputEncoding: 'unsigned',
      weights: bitMatrixFrom(2, 3, (row, column) => (row + column) % 2 === 0),
      activation: { kind: 'integer', shift: 0, offsets: Int32Array.of(0, 1) },
    },
  ],
};
const trainedOn = { kind: 'sound', shape: [3], sampleRateHz: 8000, classNames: ['yes', 'no\n'] } as const;

test('a bitstream says what its network was trained on', () => {
  const said = { ...model, trainedOn };
  const { description } = decodeBitstream(compileBitstream(said).bytes);
  expect(description).toEqual(descriptionOf(said));
  expect(description).toMatchObject({ name: 'named', compiler: COMPILER, trainedOn });
  expect(compile(said).bitstream.description).toEqual(description);
});

test('it has no byte more where nothing is known', () => {
  expect(Object.keys(decodeBitstream(compileBitstream(model).bytes).description)).toEqual([
    'name',
    'modelDigest',
    'compiler',
  ]);
});
