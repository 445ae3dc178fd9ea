import { CancelledError, DataError } from '@adiabit/simulator/errors';
import { serve } from '@adiabit/simulator/workers';
import { circuitOf, clockGuessMHz, estimate, TARGETS, type TargetName } from '@adiabit/sdk/compile';
import type { CircuitFacts, SignalTrace, TargetFit } from '../../../common/contract/circuits.js';
import { failureOf } from '../../../common/failure.js';
import { readLibraryFile } from '../../library-files.js';
import { LeastRecent } from './least-recent.js';
import { openCircuit, type OpenCircuit } from './open-circuit.js';
import type { CircuitCalls, CircuitProtocol, CircuitStart } from './protocol.js';
import { ChangeList, record, replay, vcdOf, type Recording, type Watch } from './recording.js';

type Note = (note: CircuitProtocol['note']) => void;
type Input = CircuitCalls['traceSignals']['params']['input'];

/** Circuits that stay built. */
const KEPT_CIRCUITS = 3;
const TELL_EVERY_MS = 100;

/** The thread that builds circuits and simulates them: what takes long there keeps nobody else in the lab waiting. */
class CircuitDesk {
  readonly #folder: string;
  readonly #stop: Int32Array;
  /** The number of the request at hand. */
  #number = 0;
  readonly #circuits = new LeastRecent<OpenCircuit>(KEPT_CIRCUITS);

  constructor({ stateFolder, stop }: CircuitStart) {
    this.#folder = stateFolder;
    this.#stop = new Int32Array(stop);
  }

  async answer({ number, call, params }: CircuitProtocol['request'], note: Note): Promise<unknown> {
    this.#number = number;
    this.#stopIfAsked('The work');
    const circuit = await this.#open(params.entry, note);
    switch (call) {
      case 'buildCircuit':
        return circuit.facts satisfies CircuitFacts;
      case 'estimateTarget':
        return this.#estimate(circuit, params.target, note);
      case 'drawSchematic':
        return circuit.schematics().draw(params.view);
      case 'listSignals':
        return circuit.signals.search(params.search, params.limit);
      case 'traceSignals':
        return this.#trace(circuit, params, note);
      case 'exportVcd':
        return this.#vcd(circuit, params, note);
    }
  }

  async #open(entry: string, note: Note): Promise<OpenCircuit> {
    const known = this.#circuits.get(entry);
    if (known) return known;
    const bytes = await readLibraryFile(this.#folder, entry);
    note({ step: 'build', done: 0, total: 0 });
    const opened = openCircuit(bytes);
    this.#circuits.set(entry, opened);
    return opened;
  }

  #estimate({ bitstream, built }: OpenCircuit, target: string, note: Note): TargetFit {
    if (!Object.hasOwn(TARGETS, target)) {
      throw new DataError('not-found', `There is no FPGA "${target}".`, { target });
    }
    const chip = TARGETS[target as TargetName];
    note({ step: 'estimate', done: 0, total: 0 });
    try {
      const fitted =
        chip.luts === Infinity && built.form !== 'folded'
          ? built
          : circuitOf(bitstream, 'auto', { target: target as TargetName });
      const size = fitted.form === 'folded' ? fitted.estimate : estimate(fitted.circuit.netlist, chip.lutInputs);
      const missing = (['luts', 'registers', 'memoryBits'] as const).find(
        (resource) => size[resource] > chip[resource],
      );
      if (missing !== undefined) {
        const words = { luts: 'look-up tables', registers: 'registers', memoryBits: 'memory bits' }[missing];
        const message = `It needs ${size[missing].toLocaleString('en-US')} ${words}, ${chip.title} has ${chip[missing].toLocaleString('en-US')}.`;
        return { fits: false, error: { code: 'compile.budget-exceeded', message, details: {} } };
      }
      const clockMHz = clockGuessMHz(chip, size.levels);
      return {
        fits: true,
        form: fitted.form,
        luts: size.luts,
        registers: size.registers,
        memoryBits: size.memoryBits,
        levels: size.levels,
        latency: fitted.circuit.timing.latency,
        ...(clockMHz === undefined ? {} : { clockMHz }),
        ...(chip.luts === Infinity ? {} : { lutsThere: chip.luts }),
      };
    } catch (error) {
      return { fits: false, error: failureOf(error) };
    }
  }

  async #trace(
    circuit: OpenCircuit,
    { input, signals, from, to }: CircuitCalls['traceSignals']['params'],
    note: Note,
  ): Promise<SignalTrace> {
    const changes = new ChangeList(signals.map((name) => circuit.signals.vector(name)));
    const recording = await this.#watch(circuit, input, from, to, (cycle, value) => changes.sample(cycle, value), note);
    return {
      cycles: recording.cycles,
      from,
      to: Math.min(to, recording.cycles),
      class: recording.class,
      outputs: recording.outputs,
      isKept: recording.values !== undefined,
      signals: changes.signals(),
    };
  }

  async #vcd(
    circuit: OpenCircuit,
    { input, signals }: CircuitCalls['exportVcd']['params'],
    note: Note,
  ): Promise<string> {
    const { netlist } = circuit.built.circuit;
    const asked = signals.map((name) => circuit.signals.vector(name));
    const { ports } = circuit.signals;
    const others = asked.filter(({ name }) => !ports.some((port) => port.name === name));
    const writer = vcdOf(`one inference of ${netlist.name}`, [...ports, ...others], netlist.netCount);
    await this.#watch(circuit, input, 0, Infinity, writer.sample, note);
    return writer.end();
  }

  /** Shows the cycles of an inference from a recording, or simulates it. */
  async #watch(
    circuit: OpenCircuit,
    input: Input,
    from: number,
    to: number,
    watch: Watch,
    note: Note,
  ): Promise<Recording> {
    const key = 'golden' in input ? String(input.golden) : `values ${input.values.join(',')}`;
    const known = circuit.recordings.get(key);
    if (known?.values) {
      replay(known.values, from, to, watch);
      return known;
    }
    const recording = await record(
      circuit.built.circuit,
      valuesOf(circuit, input),
      { onProgress: this.#following(note) },
      (cycle, value) => {
        if (cycle >= from && cycle < to) watch(cycle, value);
      },
    );
    circuit.recordings.set(key, recording);
    return recording;
  }

  /** @throws CancelledError if the request at hand shall stop */
  #stopIfAsked(what: string): void {
    if (this.#number <= Atomics.load(this.#stop, 0)) throw new CancelledError(`${what} was cancelled.`);
  }

  /** Tells how far a simulation is, and stops it when it shall. */
  #following(note: Note): (done: number, total: number) => void {
    let toldMs = performance.now();
    return (done, total) => {
      this.#stopIfAsked(`Cycle ${done} of the simulation`);
      if (performance.now() - toldMs < TELL_EVERY_MS) return;
      toldMs = performance.now();
      note({ step: 'simulate', done, total });
    };
  }
}

function valuesOf({ bitstream }: OpenCircuit, input: Input): Uint8Array {
  if ('values' in input) return input.values;
  const { goldenVectors } = bitstream;
  const vector = goldenVectors.at(input.golden);
  if (vector) return vector.input;
  const there = goldenVectors.length === 0 ? 'There are none' : `They are 0 to ${goldenVectors.length - 1}`;
  throw new DataError('not-found', `The bitstream has no golden vector ${input.golden}. ${there}.`, {
    golden: input.golden,
  });
}

serve<CircuitProtocol>((start) => {
  const desk = new CircuitDesk(start);
  return (request, note) => desk.answer(request, note);
});
