import { NetlistBuilder } from '../../netlist/builder.js';
import { CONSTANT_0 } from '../../netlist/netlist.js';
import {
  accumulatorMaximum,
  bitsFor,
  integerBits,
  thresholdBits,
  type CountingShape,
} from '../../network/counting-layer.js';
import { unrolledLayersOf } from '../../network/counts.js';
import { outputsOf, type Network } from '../../network/network.js';
import { validateCounts } from '../../network/validate-counts.js';
import { validateNetwork } from '../../network/validate.js';
import { add, argmax, delay, greaterOrEqual, popcount, type Word } from './blocks.js';
import { configurationVector } from './configuration-vector.js';
import { DEFAULT_TREE, type TreeShape } from './counters.js';
import { buildThermometer } from './thermometer.js';
import { finish, type Steps } from '../../steps.js';
import type { Circuit } from '../circuit.js';

/** The port names of an elaborated circuit. */
export const PORT = {
  start: 'start',
  input: 'x',
  valid: 'valid',
  class: 'class_index',
  output: (index: number): string => `y${index}`,
} as const;

/**
 * Builds the configurable, unrolled circuit: one xnor cell per weight, a popcount tree per neuron, an accumulator over
 * bit planes if inputs have several bits, a comparator per neuron, adders for the outputs and a tournament for the
 * class. Weights, thresholds and offsets are in configuration cells.
 * @param tree structure of the popcounts, which determines their latency
 * @throws CompileError `compile.unsupported` if the network is not dense and binary; FormatError `format.bad-value` if
 *   it is invalid
 */
export const elaborate = (name: string, network: Network, tree?: TreeShape): Circuit =>
  finish(elaborateInSteps(name, network, tree));

/** Builds what `elaborate` does, neuron by neuron. */
export function* elaborateInSteps(name: string, network: Network, tree: TreeShape = DEFAULT_TREE): Steps<Circuit> {
  const unrolled = unrolledLayersOf(network);
  const { thermometer, counting } = unrolled;
  validateNetwork(network);
  validateCounts(counting);
  const builder = new NetlistBuilder(name);
  const [start] = builder.input(PORT.start, 1);
  let signals: Word = [...builder.input(PORT.input, network.input.count)];
  let outputs: readonly Word[] = [];
  let elapsed = 0;
  const planes = network.input.bits;
  if (thermometer !== undefined) {
    signals = buildThermometer(builder, thermometer, { planes: signals, start, bits: planes });
    builder.probe('layer0.fires', signals);
    elapsed = planes;
  }
  const layersBefore = network.layers.length - counting.length;
  const allWeights = counting.reduce((sum, layer) => sum + layer.inputs * layer.outputs, 0);
  let builtWeights = 0;

  for (const [index, layer] of counting.entries()) {
    const path = `layer${layersBefore + index}`;
    builder.enterGroup(`${path}.control`, 'control');
    const popcountCycles = popcountLatency(layer.inputs, tree);
    const first = layer.inputBits > 1 ? delay(builder, start, elapsed + popcountCycles) : CONSTANT_0;
    const neurons: Word[] = [];
    for (let neuron = 0; neuron < layer.outputs; neuron++) {
      yield builtWeights / allWeights;
      const at = `${path}.neuron${neuron}`;
      const accumulator = buildAccumulator(builder, at, layer, signals, first, tree);
      neurons.push(
        layer.activation === 'threshold'
          ? [buildThreshold(builder, at, layer, accumulator)]
          : buildInteger(builder, at, layer, accumulator, integerBits(layer)),
      );
      builtWeights += layer.inputs;
    }
    elapsed += popcountCycles + (layer.inputBits > 1 ? layer.inputBits : 0) + 1;
    if (layer.activation === 'threshold') {
      signals = neurons.map(([fires]) => fires);
      builder.probe(`${path}.fires`, signals);
    } else {
      outputs = neurons;
    }
  }

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
  return {
    network,
    netlist: builder.build(),
    configuration: configurationVector(unrolled, planes),
    timing: { planes, initiationInterval: planes, latency },
    shape: {
      inputCount: network.input.count,
      inputBits: planes,
      outputCount: outputsOf(network.layers[network.layers.length - 1]),
    },
  };
}

/**
 * Gives the latency of a popcount over `inputs` bits. It depends on nothing else, so all neurons of a layer stay
 * synchronous.
 */
const popcountLatency = (inputs: number, tree: TreeShape): number =>
  popcount(
    new NetlistBuilder('measure'),
    Array.from({ length: inputs }, () => CONSTANT_0),
    tree,
  ).cycles;

/** Builds the accumulator of a neuron, registered: popcount(xnor(w, x)), summed over the planes by shift and add. */
function buildAccumulator(
  builder: NetlistBuilder,
  at: string,
  layer: CountingShape,
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

/** Builds `accumulator >= threshold`, registered. */
function buildThreshold(builder: NetlistBuilder, at: string, layer: CountingShape, accumulator: Word): number {
  builder.enterGroup(`${at}.threshold`, 'configuration');
  const threshold = Array.from({ length: thresholdBits(layer) }, () => builder.configuration());
  builder.enterGroup(`${at}.fires`, 'comparator');
  return builder.register(greaterOrEqual(builder, accumulator, threshold));
}

/** Builds `(accumulator << shift) + offset` in two's complement, registered. */
function buildInteger(
  builder: NetlistBuilder,
  at: string,
  layer: CountingShape,
  accumulator: Word,
  width: number,
): Word {
  builder.enterGroup(`${at}.offset`, 'configuration');
  const offset = Array.from({ length: width }, () => builder.configuration());
  builder.enterGroup(`${at}.output`, 'adder');
  const shifted = [...Array.from({ length: layer.shift }, () => CONSTANT_0), ...accumulator];
  return builder.registerAll([...add(builder, shifted, offset, width)]);
}
