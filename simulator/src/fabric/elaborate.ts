import { NetlistBuilder } from '../netlist/builder.js';
import { CONSTANT_0 } from '../netlist/netlist.js';
import {
  accumulatorMaximum,
  bitsFor,
  thresholdBits,
  validateArchitecture,
  type Architecture,
  type DenseLayer,
} from './architecture.js';
import { add, argmax, delay, greaterOrEqual, popcount, type Word } from './blocks.js';
import { DEFAULT_TREE, type TreeShape } from './counters.js';
import type { Machine } from './machine.js';
import { configurationVector, integerBits, validateConfiguration, type Configuration } from './configuration.js';

/** The unrolled circuit of dense layers. */
export interface Circuit extends Machine {
  readonly architecture: Architecture;
}

/** Port names of an elaborated circuit. */
export const PORT = {
  start: 'start',
  input: 'x',
  valid: 'valid',
  class: 'class_index',
  output: (index: number): string => `y${index}`,
} as const;

/**
 * Builds the configurable, unrolled circuit: one xnor cell per weight, a popcount tree per neuron, an accumulator over bit
 * planes where inputs have several bits, a comparator per neuron, adders for the outputs and a tournament for the
 * class. Weights, thresholds and offsets sit in configuration cells.
 * @param tree of the popcounts; it decides how many cycles they take
 * @throws FormatError when architecture and configuration do not fit each other.
 */
export function elaborate(
  name: string,
  architecture: Architecture,
  configuration: Configuration,
  tree: TreeShape = DEFAULT_TREE,
): Circuit {
  validateArchitecture(architecture);
  validateConfiguration(architecture, configuration);
  const builder = new NetlistBuilder(name);
  const [start] = builder.input(PORT.start, 1);
  let signals: Word = [...builder.input(PORT.input, architecture.layers[0].inputs)];
  let outputs: readonly Word[] = [];
  let elapsed = 0;

  architecture.layers.forEach((layer, index) => {
    const path = `layer${index}`;
    builder.enterGroup(`${path}.control`, 'control');
    const popcountCycles = popcountLatency(layer.inputs, tree);
    const first = layer.inputBits > 1 ? delay(builder, start, elapsed + popcountCycles) : CONSTANT_0;
    const neurons = Array.from({ length: layer.outputs }, (_, neuron): Word => {
      const at = `${path}.neuron${neuron}`;
      const accumulator = buildAccumulator(builder, at, layer, signals, first, tree);
      return layer.activation === 'threshold'
        ? [buildThreshold(builder, at, layer, accumulator)]
        : buildInteger(builder, at, layer, accumulator, integerBits(layer, configuration[index].offsets));
    });
    elapsed += popcountCycles + (layer.inputBits > 1 ? layer.inputBits : 0) + 1;
    if (layer.activation === 'threshold') {
      signals = neurons.map(([fires]) => fires);
      builder.probe(`${path}.fires`, signals);
    } else {
      outputs = neurons;
    }
  });

  const winner = argmax(builder, outputs, (match) => builder.enterGroup(`argmax.${match}`, 'comparator'));
  builder.enterGroup('output', 'control');
  outputs.forEach((word, index) => {
    builder.output(
      PORT.output(index),
      word.map((net) => delay(builder, net, winner.cycles)),
      true,
    );
  });
  const latency = elapsed + winner.cycles;
  builder.output(PORT.class, winner.word);
  builder.output(PORT.valid, [delay(builder, start, latency)]);
  const planes = architecture.layers[0].inputBits;
  return {
    architecture,
    netlist: builder.build(),
    configuration: configurationVector(architecture, configuration),
    timing: { planes, initiationInterval: planes, latency },
    shape: {
      inputCount: architecture.layers[0].inputs,
      inputBits: planes,
      outputCount: architecture.layers[architecture.layers.length - 1].outputs,
    },
  };
}

/** Cycles of a popcount over `inputs` bits; depends on nothing else, so all neurons of a layer stay in step. */
const popcountLatency = (inputs: number, tree: TreeShape): number =>
  popcount(
    new NetlistBuilder('measure'),
    Array.from({ length: inputs }, () => CONSTANT_0),
    tree,
  ).cycles;

/** The accumulator of a neuron, registered: popcount(xnor(w, x)), summed over the planes by shift and add. */
function buildAccumulator(
  builder: NetlistBuilder,
  at: string,
  layer: DenseLayer,
  signals: Word,
  first: number,
  tree: TreeShape,
): Word {
  builder.enterGroup(`${at}.weights`, 'configuration');
  const weights = signals.map(() => builder.configuration());
  builder.enterGroup(`${at}.products`, 'product');
  const products = signals.map((signal, input) => builder.xnor(signal, weights[input]));
  builder.enterGroup(`${at}.popcount`, 'popcount');
  const count = popcount(builder, products, tree).word;
  if (layer.inputBits === 1) return count;
  builder.enterGroup(`${at}.accumulate`, 'adder');
  const width = bitsFor(accumulatorMaximum(layer));
  const registers = Array.from({ length: width }, () => builder.openRegister());
  const notFirst = builder.not(first);
  const doubled = [CONSTANT_0, ...registers.slice(0, -1).map(({ q }) => builder.and(q, notFirst))];
  add(builder, count, doubled, width).forEach((net, bit) => registers[bit].connect(net));
  const accumulator = registers.map(({ q }) => q);
  builder.probe(`${at}.accumulator`, accumulator);
  return accumulator;
}

/** accumulator >= threshold, registered. */
function buildThreshold(builder: NetlistBuilder, at: string, layer: DenseLayer, accumulator: Word): number {
  builder.enterGroup(`${at}.threshold`, 'configuration');
  const threshold = Array.from({ length: thresholdBits(layer) }, () => builder.configuration());
  builder.enterGroup(`${at}.fires`, 'comparator');
  return builder.register(greaterOrEqual(builder, accumulator, threshold));
}

/** (accumulator << shift) + offset in two's complement, registered. */
function buildInteger(builder: NetlistBuilder, at: string, layer: DenseLayer, accumulator: Word, width: number): Word {
  builder.enterGroup(`${at}.offset`, 'configuration');
  const offset = Array.from({ length: width }, () => builder.configuration());
  builder.enterGroup(`${at}.output`, 'adder');
  const shifted = [...Array.from({ length: layer.shift }, () => CONSTANT_0), ...accumulator];
  return builder.registerAll([...add(builder, shifted, offset, width)]);
}
