import { decodeBitstream } from '@adiabit/simulator/bitstream';
import { createOracle } from '@adiabit/simulator/network';
import { expect, it } from 'vitest';
import type { BinarizedModel } from '../model/model.js';
import { randomInputs, randomLayers } from '../../../simulator/src/network/testing/random-layers.js';
import { Random } from '../random.js';
import { compileBitstream } from './compile-bitstream.js';

it('a bitstream holds all of its model: its bytes alone give the same outputs', () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = Random.fromSeed(seed);
    const next = (below: number): number => random.below(below);
    const model: BinarizedModel = { name: `random ${seed}`, ...randomLayers(next) };
    const { bytes, report } = compileBitstream(model, { goldenInputs: randomInputs(next, model, 2) });
    const decoded = decodeBitstream(bytes);
    const [ours, theirs] = [createOracle(model), createOracle(decoded.network)];
    for (const input of randomInputs(next, model, 4)) expect(theirs(input).values).toEqual(ours(input).values);
    for (const { input, outputs } of decoded.goldenVectors) expect(ours(input).outputs).toEqual(outputs);
    expect(report).toMatchObject({ bitstreamBytes: bytes.length, layers: model.layers.length });
  }
});
