import { NetlistBuilder } from '../../netlist/builder.js';
import { CONSTANT_0 } from '../../netlist/netlist.js';
import {
  accumulatorMaximum,
  bitsFor,
  integerBits,
  thresholdBits,
  type CountingLayer,
  type CountingShape,
} from '../../network/counting-layer.js';
import { outputsOf, type LogicLayer, type Network } from '../../network/network.js';
import { validateCount } from '../../network/validate-counts.js';
import { validateNetwork } from '../../network/validate.js';
import { unrolledStagesOf, type CountedChannels } from '../../network/unrolled.js';
import { add, argmax, buildTable, delay, greaterOrEqual, popcount, type Word } from './blocks.js';
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

/** The tables that are built before the event loop may run. */
const TABLES_A_STEP = 64;

/**
 * Builds the configurable, unrolled circuit: one xnor cell per weight, a popcount tree per neuron, an accumulator over
 * bit planes if inputs have several bits, a comparator per neuron, a tree of selectors per table of logic, adders for the
 * outputs and a tournament for the class. Weights, masks, thresholds and offsets are in configuration cells. The wires of
 * logic are those of the circuit.
 * @param tree structure of the popcounts, which determines their latency
 * @throws CompileError `compile.unsupported` if the network has other layers than these; FormatError `format.bad-value` if
 *   it is invalid
 */
export const elaborate = (name: string, network: Network, tree?: TreeShape): Circuit =>
  finish(elaborateInSteps(name, network, tree));

/** Builds what `elaborate` does, neuron by neuron. */
export function* elaborateInSteps(name: string, network: Network, tree: TreeShape = DEFAULT_TREE): Steps<Circuit> {
  const stages = unrolledStagesOf(network);
  validateNetwork(network);
  for (const stage of stages) if (stage.kind === 'counting') validateCount(stage.counting, stage.layer);
  const builder = new NetlistBuilder(name);
  const [start] = builder.input(PORT.start, 1);
  const planes = network.input.bits;
  let signals: Word = [...builder.input(PORT.input, network.input.count)];
  let outputs: readonly Word[] = [];
  let elapsed = 0;
  for (const [index, stage] of stages.entries()) {
    const path = `layer${stage.layer}`;
    switch (stage.kind) {
      case 'thermometer':
        signals = buildThermometer(builder, stage.thermometer, { planes: signals, start, bits: planes });
        elapsed = planes;
        break;
      case 'logic':
        signals = yield* buildLogic(builder, path, stage.logic, signals, index / stages.length);
        elapsed++;
        break;
      case 'counting': {
        const { counting } = stage;
        const done = index / stages.length;
        const neurons = yield* buildCounting(builder, path, counting, { signals, start, elapsed }, tree, done);
        const planeCycles = counting.inputBits > 1 ? counting.inputBits : 0;
        elapsed += popcountLatency(counting.inputs, tree) + planeCycles + 1;
        if (counting.activation === 'threshold') signals = neurons.map(([fires]) => fires);
        else outputs = neurons;
        break;
      }
      case 'channels':
        outputs = buildChannels(builder, path, stage.channels, signals, tree);
        elapsed += popcountLatency(stage.channels.inputs, tree) + 1;
    }
    if (outputs.length === 0) builder.probe(`${path}.fires`, signals);
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
    configuration: configurationVector(stages, planes),
    timing: { planes, initiationInterval: planes, latency },
    shape: {
      inputCount: network.input.count,
      inputBits: planes,
      outputCount: outputsOf(network.layers[network.layers.length - 1]),
    },
  };
}

/** What enters a layer: its inputs, `elapsed` cycles after `start`. */
interface Arriving {
  readonly signals: Word;
  readonly start: number;
  readonly elapsed: number;
}

/** Builds a table for each output of a layer of logic, registered. */
function* buildLogic(
  builder: NetlistBuilder,
  path: string,
  { tableInputs, wires, masks }: LogicLayer,
  signals: Word,
  done: number,
): Generator<number, Word> {
  const tables: number[] = [];
  for (let table = 0; table < masks.rows; table++) {
    if (table % TABLES_A_STEP === 0) yield done;
    const pins = wires.subarray(table * tableInputs, (table + 1) * tableInputs);
    tables.push(
      buildTable(
        builder,
        `${path}.table${table}`,
        Array.from(pins, (position) => signals[position]),
      ),
    );
  }
  return tables;
}

/** Builds the neurons of a counting layer. */
function* buildCounting(
  builder: NetlistBuilder,
  path: string,
  layer: CountingLayer,
  { signals, start, elapsed }: Arriving,
  tree: TreeShape,
  done: number,
): Generator<number, Word[]> {
  builder.enterGroup(`${path}.control`, 'control');
  const first = layer.inputBits > 1 ? delay(builder, start, elapsed + popcountLatency(layer.inputs, tree)) : CONSTANT_0;
  const neurons: Word[] = [];
  for (let neuron = 0; neuron < layer.outputs; neuron++) {
    yield done;
    const at = `${path}.neuron${neuron}`;
    const accumulator = buildAccumulator(builder, at, layer, signals, first, tree);
    neurons.push(
      layer.activation === 'threshold'
        ? [buildThreshold(builder, at, layer, accumulator)]
        : buildInteger(builder, at, layer, accumulator, integerBits(layer)),
    );
  }
  return neurons;
}

/** Counts the bits of each channel. The channels of one place are together. */
function buildChannels(
  builder: NetlistBuilder,
  path: string,
  layer: CountedChannels,
  signals: Word,
  tree: TreeShape,
): Word[] {
  return Array.from({ length: layer.outputs }, (_, channel) => {
    const at = `${path}.channel${channel}`;
    builder.enterGroup(`${at}.popcount`, 'popcount');
    const ones = signals.filter((_net, index) => index % layer.outputs === channel);
    return buildInteger(builder, at, layer, popcount(builder, ones, tree).word, integerBits(layer));
  });
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
