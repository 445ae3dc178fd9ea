import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitMatrixFrom } from '../bits/bit-matrix.js';
import { NetlistBuilder } from '../netlist/builder.js';
import type { Netlist } from '../netlist/netlist.js';
import { CompiledEngine } from './compiled.js';
import type { Engine } from './engine.js';
import { gatherLanes, sliceIntoLanes } from './lanes.js';
import { ReferenceEngine } from './reference.js';

const INPUT_WIDTH = 6;

/** A random netlist of every kind of cell, with feedback, shift registers and configuration bits. */
function randomNetlist(noise: () => number): { netlist: Netlist; configurationBits: number } {
  const builder = new NetlistBuilder('random');
  const nets = [0, 1, ...builder.input('x', INPUT_WIDTH)];
  const configurationBits = 5;
  for (let bit = 0; bit < configurationBits; bit++) nets.push(builder.configuration());
  const open = Array.from({ length: 3 }, () => builder.openRegister());
  nets.push(...open.map(({ q }) => q));
  const any = (): number => nets[noise() % nets.length];
  for (let cell = 0; cell < 60; cell++) {
    if (cell % 12 === 0) builder.enterGroup(`group${cell}`, 'other');
    const choice = noise() % 10;
    if (choice === 0) nets.push(builder.not(any()));
    else if (choice === 1) nets.push(builder.and(any(), any()));
    else if (choice === 2) nets.push(builder.or(any(), any()));
    else if (choice === 3) nets.push(builder.xor(any(), any()));
    else if (choice === 4) nets.push(builder.xnor(any(), any()));
    else if (choice === 5) nets.push(builder.mux(any(), any(), any()));
    else if (choice === 6) nets.push(builder.compare(any(), any(), any()));
    else if (choice === 7) nets.push(...Object.values(builder.halfAdder(any(), any())));
    else if (choice === 8) nets.push(...Object.values(builder.fullAdder(any(), any(), any())));
    else nets.push(builder.register(any()));
  }
  open.forEach((register) => register.connect(any()));
  builder.output('y', nets);
  return { netlist: builder.build(), configurationBits };
}

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
