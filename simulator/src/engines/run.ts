import { AdiabitError, DataError } from '../errors.js';
import { PORT } from '../circuit/unrolled/elaborate.js';
import { enteringBit, entryCycles, type CircuitPorts, type Machine } from '../circuit/circuit.js';
import { findPort } from '../netlist/netlist.js';
import { EventLoopYield } from './event-loop-yield.js';
import type { Engine } from './engine.js';
import { LaneReader } from './lane-reader.js';
import { LaneSlicer } from './lane-slicer.js';

/** The outputs of a circuit for a list of inputs, and the simulated time that it took. */
export interface InferenceRun {
  readonly count: number;
  readonly outputCount: number;
  /** count x outputCount integers. */
  readonly outputs: Int32Array;
  /** The class that the circuit chooses for each input. */
  readonly classes: Uint16Array;
  /** The simulated clock cycles. Each cycle serves `lanes` vectors. */
  readonly cycles: number;
}

export interface RunOptions {
  /**
   * Called with the number of inputs that are done. Inputs that are still being computed count by the fraction of their
   * cycles.
   */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
  /** Called in every cycle before the nets are computed. Faults are injected here. */
  readonly onCycle?: (cycle: number) => void;
  /** Called if `valid` is wrong, with the lanes in which it is (bit 1). If absent, a wrong `valid` is an error. */
  readonly onBroken?: (cycle: number, lanes: Uint32Array) => void;
}

/** A source of inputs that need not all exist when the run begins. */
export interface InputSource {
  readonly count: number;
  /**
   * Returns the checked inputs `from` up to `to` as planes of lanes (`LaneSlicer.planes`), valid until the next call.
   * Each input is requested once, in order.
   */
  take(from: number, to: number): readonly Uint32Array[];
  /** The arrays for outputs and classes. If absent, new arrays are made. */
  readonly answers?: Pick<InferenceRun, 'outputs' | 'classes'>;
}

/**
 * Streams inputs through a circuit: a new group of `engine.lanes` vectors every initiation interval. Checks that
 * `valid` rises exactly `latency` cycles after each start.
 * @throws DataError if an input has the wrong length or, once its group enters, a value of too many bits;
 *   CancelledError on abort; AdiabitError `circuit.latency` if `valid` is wrong
 */
export async function runInferences(
  circuit: Machine,
  engine: Engine,
  inputs: readonly Uint8Array[] | InputSource,
  { onProgress, signal, onCycle, onBroken = refuseBroken }: RunOptions = {},
): Promise<InferenceRun> {
  const { shape, timing } = circuit;
  const { outputCount } = shape;
  const source = 'take' in inputs ? inputs : sourceOf(circuit, engine.wordsPerNet, inputs);
  const { count } = source;
  const eventLoop = new EventLoopYield('Simulation', signal);
  eventLoop.check(0);
  const outputNames = Array.from({ length: outputCount }, (_, output) => PORT.output(output));
  const outputReader = new LaneReader(engine, outputNames, true);
  const classReader = new LaneReader(engine, [PORT.class], false);
  const outputs = source.answers?.outputs ?? new Int32Array(count * outputCount);
  const classes = source.answers?.classes ?? new Uint16Array(count);
  const groups = Math.ceil(count / engine.lanes);
  const interval = timing.initiationInterval;
  const cycles = groups === 0 ? 0 : (groups - 1) * interval + timing.latency + 1;
  const entry = entryCycles(circuit);
  const width = findPort(engine.netlist.inputs, PORT.input).nets.length;
  const idle = new Uint32Array(width * engine.wordsPerNet);
  const allOnes = new Uint32Array(engine.wordsPerNet).fill(0xffffffff);
  const allZeros = new Uint32Array(engine.wordsPerNet);

  engine.configure(circuit.configuration);
  engine.reset();
  let planes: readonly Uint32Array[] = [];
  const entryAt = (cycle: number): Uint32Array => {
    if (timing.valuesPerCycle === undefined) return planes[timing.planes - 1 - cycle];
    const words = new Uint32Array(width * engine.wordsPerNet);
    for (let at = 0; at < width; at++) {
      const { value, bit } = enteringBit(timing, cycle, at);
      const from = value * engine.wordsPerNet;
      words.set(planes[bit].subarray(from, from + engine.wordsPerNet), at * engine.wordsPerNet);
    }
    return words;
  };
  let reported = 0;
  const report = (done: number): void => {
    reported = Math.max(reported, done);
    onProgress?.(reported, count);
  };
  for (let cycle = 0; cycle < cycles; cycle++) {
    const phase = cycle % interval;
    const entering = (cycle - phase) / interval;
    if (phase === 0 && entering < groups) {
      const from = entering * engine.lanes;
      planes = source.take(from, Math.min(from + engine.lanes, count));
    }
    engine.setInput(PORT.start, phase === 0 && entering < groups ? allOnes : allZeros);
    engine.setInput(PORT.input, entering < groups && phase < entry ? entryAt(phase) : idle);
    onCycle?.(cycle);
    engine.evaluate();
    const leaving = (cycle - timing.latency) / interval;
    const expected = Number.isInteger(leaving) && leaving >= 0 && leaving < groups;
    const broken = brokenLanes(engine, expected);
    if (broken !== undefined) onBroken(cycle, broken);
    if (expected) {
      const from = leaving * engine.lanes;
      const lanes = Math.min(engine.lanes, count - from);
      outputs.set(outputReader.read().subarray(0, lanes * outputCount), from * outputCount);
      classes.set(classReader.read().subarray(0, lanes), from);
      report(from + lanes);
    }
    engine.clock();
    if (eventLoop.isDue) {
      // One pass of a folded circuit takes thousands of cycles, so progress is reported within it.
      report(Math.floor((count * cycle) / cycles));
      await eventLoop.yield(cycle);
    }
  }
  return { count, outputCount, outputs, classes, cycles };
}

/**
 * Makes a source of a list of inputs. Values are checked while they are transposed, at no extra cost. For a folded
 * circuit, whose groups take seconds, they are checked before the first group.
 */
function sourceOf({ shape, timing }: Machine, wordsPerNet: number, inputs: readonly Uint8Array[]): InputSource {
  checkLengths(shape, inputs);
  if (timing.valuesPerCycle !== undefined) checkValues(shape, inputs);
  const slicer = new LaneSlicer(shape, wordsPerNet);
  const take = (from: number, to: number): readonly Uint32Array[] => {
    if (slicer.slice(inputs, from, to) >>> shape.inputBits !== 0) checkValues(shape, inputs);
    return slicer.planes;
  };
  return { count: inputs.length, take };
}

/**
 * Checks that every input has as many values as the circuit takes.
 * @throws DataError `data.shape-mismatch` naming the first input that has not
 */
export function checkLengths({ inputCount: width }: CircuitPorts, inputs: readonly Uint8Array[]): void {
  const wrong = inputs.findIndex((input) => input.length !== width);
  if (wrong < 0) return;
  throw new DataError(
    'shape-mismatch',
    `Input ${wrong} has ${inputs[wrong].length} values, the circuit takes ${width}.`,
    {
      vector: wrong,
      expected: width,
      actual: inputs[wrong].length,
    },
  );
}

/**
 * Checks that every value fits the circuit's input bits.
 * @throws DataError `data.bad-value` naming the first input with a value of too many bits
 */
export function checkValues({ inputBits }: CircuitPorts, inputs: readonly Uint8Array[]): void {
  const vector = inputBits === 8 ? -1 : inputs.findIndex((input) => input.some((value) => value >>> inputBits !== 0));
  if (vector < 0) return;
  throw new DataError('bad-value', `Input ${vector} has a value of more than ${inputBits} bits.`, { vector });
}

/** Finds the lanes in which `valid` is not as expected; undefined if it is right in all. */
function brokenLanes(engine: Engine, expected: boolean): Uint32Array | undefined {
  const word = expected ? 0xffffffff : 0;
  const mask = engine.lanes < 32 ? 1 : 0xffffffff;
  const valid = engine.getOutput(PORT.valid);
  if (valid.every((value) => ((value ^ word) & mask) === 0)) return undefined;
  return valid.map((value) => (value ^ word) & mask);
}

function refuseBroken(cycle: number): never {
  const message = `In cycle ${cycle} the circuit's "valid" is not what it promised: it does not keep its latency.`;
  throw new AdiabitError('circuit.latency', message, { cycle });
}
