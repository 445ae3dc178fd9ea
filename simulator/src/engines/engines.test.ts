import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitMatrixFrom } from '../bits/bit-matrix.js';
import { NetlistBuilder } from '../netlist/builder.js';
import { INPUT_WIDTH, randomNetlist } from '../netlist/testing/random-netlist.js';
import { CompiledEngine } from './compiled.js';
import type { Engine } from './engine.js';
import { gatherLanes, sliceIntoLanes } from './lanes.js';
import { ReferenceEngine } from './reference.js';

/** Runs the same stimulus on an engine and returns what lane `lane` of port y showed in every cycle. */
function run(engine: Engine, configuration: number[], stimulus: readonly Uint8Array[][], lane: number): string[] {
  engine.configure(bitMatrixFrom(1, configuration.length, (_, bit) => configuration[bit] === 1));
  engine.reset();
  return stimulus.map((lanes) => {
    const values = engine.lanes === 1 ? [lanes[lane]] : lanes;
    engine.setInput('x', sliceIntoLanes(values, 1, engine.wordsPerNet)[0]);
    engine.evaluate();
    const words = engine.getOutput('y');
    const at = engine.lanes === 1 ? 0 : lane;
    const bits = Array.from(
      { length: words.length / engine.wordsPerNet },
      (_, bit) => (words[bit * engine.wordsPerNet + (at >>> 5)] >>> (at & 31)) & 1,
    );
    engine.clock();
    return bits.join('');
  });
}

describe('the compiled engine', () => {
  it('shows the same nets as the reference engine in every cycle and lane', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 3 }), (stream, vectors) => {
        const noise = (): number => Number(stream.next().value);
        const { netlist, configurationBits } = randomNetlist(noise);
        const compiled = new CompiledEngine(netlist, vectors);
        const reference = new ReferenceEngine(netlist);
        const configuration = Array.from({ length: configurationBits }, () => noise() % 2);
        const stimulus = Array.from({ length: 5 }, () =>
          Array.from({ length: compiled.lanes }, () => Uint8Array.from({ length: INPUT_WIDTH }, () => noise() % 2)),
        );
        for (const lane of [0, 31, 32, 63, 127, compiled.lanes - 1]) {
          expect(run(compiled, configuration, stimulus, lane)).toEqual(run(reference, configuration, stimulus, lane));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('keeps slots of configuration words out of the pool of free slots', () => {
    const builder = new NetlistBuilder('splat');
    const x = builder.input('x', INPUT_WIDTH);
    const products = Array.from(x, (net) => builder.xnor(net, builder.configuration()));
    builder.output('y', [products.reduce((sum, net) => builder.xor(sum, net))]);
    const netlist = builder.build();
    const stimulus = [[Uint8Array.of(1, 0, 1, 1, 0, 1)]];
    const configuration = [1, 1, 0, 0, 1, 0];
    expect(run(new CompiledEngine(netlist), configuration, stimulus, 0)).toEqual(
      run(new ReferenceEngine(netlist), configuration, stimulus, 0),
    );
  });
});

describe('lanes', () => {
  it('are the inverse of reading numbers back, at every width around a word', () => {
    for (const count of [1, 31, 32, 33, 63, 64, 65]) {
      const numbers = Array.from({ length: count }, (_, lane) => (lane * 37) % 256);
      const wordsPerNet = Math.ceil(count / 32);
      const planes = sliceIntoLanes(
        numbers.map((value) => Uint8Array.of(value)),
        8,
        wordsPerNet,
      );
      const words = Uint32Array.from(planes.flatMap((plane) => [...plane]));
      expect([...gatherLanes(words, count, wordsPerNet, false)]).toEqual(numbers);
      const signed = numbers.map((value) => (value << 24) >> 24);
      expect([...gatherLanes(words, count, wordsPerNet, true)]).toEqual(signed);
    }
  });
});
