import { computed, effect, signal } from '@preact/signals';
import type { CircuitInference, DeviceInference, LiveCircuit, OracleInference } from '../../../common/contract/live.js';
import type { Failure } from '../../../common/envelope.js';
import { failureOf } from '../../../common/failure.js';
import { call } from '../../bridge.js';
import { attempt, device, entry, runningEntry } from '../../state.js';
import { raise } from './alarm-state.js';
import { firstDifference, type Difference } from './compare.js';

/** Something to show the network. */
export interface Input {
  readonly values: Uint8Array;
  /** What it is, in words: `drawing`, `example 17`, the name of a file. */
  readonly name: string;
  /** Its right class, where that is known. */
  readonly label?: number;
  /** Its number in the examples. */
  readonly index?: number;
}

export type Source = 'draw' | 'record' | 'row' | 'sensor' | 'file' | 'examples';

/** What the device and its simulator said of an input. */
export interface Answer {
  readonly input: Input;
  readonly simulator?: OracleInference;
  /** If absent, no device was asked. */
  readonly device?: DeviceInference;
  readonly error?: Failure;
  readonly difference?: Difference;
}

/** The bitstream that is watched: the one that the device runs; without a device that answers, the one that is chosen. */
export const subject = computed(() =>
  device.value?.state.kind === 'live' || device.value?.state.kind === 'busy'
    ? (runningEntry.value ?? entry.value)
    : (entry.value ?? runningEntry.value),
);
const subjectId = computed(() => subject.value?.id);

/** The device that is asked beside the simulator; undefined if it cannot be asked. */
export const witness = computed(() => {
  const chosen = device.value;
  return chosen?.state.kind === 'live' && runningEntry.value !== undefined ? chosen : undefined;
});

/** What the watched bitstream is: undefined until it is known. */
export const circuit = signal<LiveCircuit | undefined>(undefined);
export const answer = signal<Answer | undefined>(undefined);
/** The circuit's own answer to the shown input, once it was asked for. */
export const cycleAnswer = signal<CircuitInference | undefined>(undefined);
export const wantsLayers = signal(true);
/** Where inputs come from. */
export const source = signal<Source>('draw');

effect(() => {
  const id = subjectId.value;
  circuit.value = undefined;
  answer.value = undefined;
  cycleAnswer.value = undefined;
  if (id === undefined) return;
  void attempt(async () => {
    const described = await call('describeCircuit', { entry: id });
    if (subjectId.value === id) circuit.value = described;
  });
});

// What one device said is not another's, and not that of one which is gone.
const witnessId = computed(() => witness.value?.id);
witnessId.subscribe(() => {
  const { input, simulator } = answer.peek() ?? {};
  answer.value = input && { input, ...(simulator === undefined ? {} : { simulator }) };
});

/** Asks device and simulator at the same time, and compares. What goes wrong is in the answer. */
export async function ask(input: Input, layers = false): Promise<Answer> {
  const id = subjectId.value;
  const described = circuit.value;
  const asked = witness.value;
  if (id === undefined || described === undefined) return { input };
  const params = { entry: id, input: input.values, wantsLayers: layers };
  const [simulator, told] = await Promise.all([
    settled(call('askOracle', params)),
    asked === undefined ? undefined : settled(call('askDevice', { ...params, device: asked.id })),
  ]);
  const error = simulator.error ?? told?.error;
  const difference = simulator.value && told?.value && firstDifference(told.value, simulator.value, described.layers);
  if (difference && asked) {
    raise({ ...difference, given: difference.device, input: input.name, device: asked.name }, described);
  }
  return {
    input,
    ...(simulator.value === undefined ? {} : { simulator: simulator.value }),
    ...(told?.value === undefined ? {} : { device: told.value }),
    ...(error === undefined ? {} : { error }),
    ...(difference === undefined ? {} : { difference }),
  };
}

interface Settled<T> {
  readonly value?: T;
  readonly error?: Failure;
}

const settled = <T>(work: Promise<T>): Promise<Settled<T>> =>
  work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error: failureOf(error) }),
  );

let next: Input | undefined;
let isAsking = false;

/** Shows an input to device and simulator. While they think, only the newest input waits: the rest of a drawing is not asked. */
export function show(input: Input): void {
  next = input;
  if (!isAsking) void askInTurn();
}

async function askInTurn(): Promise<void> {
  isAsking = true;
  while (next) {
    const input = next;
    next = undefined;
    const answered = await ask(input, wantsLayers.value);
    if (answered.simulator || answered.error) publish(answered);
  }
  isAsking = false;
}

/** Shows what was answered. */
export function publish(answered: Answer): void {
  answer.value = answered;
  cycleAnswer.value = undefined;
}

/** Simulates the shown input cycle by cycle. */
export async function askCircuit(): Promise<void> {
  const id = subjectId.value;
  const shown = answer.value?.input;
  if (id === undefined || shown === undefined) return;
  const told = await attempt(() => call('askCircuit', { entry: id, input: shown.values }));
  if (answer.value?.input === shown) cycleAnswer.value = told;
}
