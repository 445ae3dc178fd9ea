import { computed, effect, signal } from '@preact/signals';
import type { CircuitInference, DeviceInference, LiveCircuit, OracleInference } from '../../../common/contract/live.js';
import type { Failure } from '../../../common/envelope.js';
import { failureOf } from '../../../common/failure.js';
import { call } from '../../bridge.js';
import { attempt, device, entry, runningEntry } from '../../state.js';
import { alarm, raise } from './alarm-state.js';
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
  /** Whether the device tells its layers. If absent, it has not been asked for them. */
  readonly tellsLayers?: boolean;
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
/** Where inputs come from, if one has chosen. */
export const source = signal<Source | undefined>(undefined);

effect(() => {
  const id = subjectId.value;
  circuit.value = undefined;
  answer.value = undefined;
  cycleAnswer.value = undefined;
  if (id === undefined) return;
  void attempt(async () => {
    const described = await call('describeCircuit', { entry: id });
    if (subjectId.value !== id) return;
    source.value = undefined;
    circuit.value = described;
  });
});

// What one device said is not another's, and not that of one which is gone.
const witnessId = computed(() => witness.value?.id);
witnessId.subscribe(() => {
  const { input, simulator } = answer.peek() ?? {};
  answer.value = input && { input, ...(simulator === undefined ? {} : { simulator }) };
});

/**
 * Asks device and simulator at the same time, and compares their outputs.
 * @param wantsValues whether the simulator shall tell its layers
 */
export async function ask(input: Input, wantsValues = false): Promise<Answer> {
  const id = subjectId.value;
  const asked = witness.value;
  if (id === undefined) return { input };
  const params = { entry: id, input: input.values };
  const [simulator, told] = await Promise.all([
    settled(call('askOracle', { ...params, wantsLayers: wantsValues })),
    asked === undefined ? undefined : settled(call('askDevice', { ...params, device: asked.id })),
  ]);
  const error = simulator.error ?? told?.error;
  const answered = {
    input,
    ...(simulator.value === undefined ? {} : { simulator: simulator.value }),
    ...(told?.value === undefined ? {} : { device: told.value }),
    ...(error === undefined ? {} : { error }),
  };
  const compared = withDifference(answered);
  if (compared.difference === undefined) return compared;
  // The first one is followed to its layer; then they are counted.
  const located = alarm.value === undefined ? await withLayers(compared) : compared;
  sound(located);
  return located;
}

function withDifference(answered: Answer): Answer {
  const { device: given, simulator } = answered;
  const layers = circuit.value?.layers;
  const difference = given && simulator && layers && firstDifference(given, simulator, layers);
  return difference === undefined ? answered : { ...answered, difference };
}

function sound({ difference, input }: Answer): void {
  const name = witness.value?.name;
  if (difference && name !== undefined && circuit.value) {
    raise({ ...difference, given: difference.device, input: input.name, device: name }, circuit.value);
  }
}

/** Asks for the values of every layer, of the device too if it tells them, and compares again. */
async function withLayers(answered: Answer): Promise<Answer> {
  const id = subjectId.value;
  const asked = witness.value;
  const { device: given, input } = answered;
  if (id === undefined || asked === undefined || given === undefined) return answered;
  const params = { entry: id, input: input.values };
  const [simulator, told] = await Promise.all([
    answered.simulator?.layers
      ? { value: answered.simulator }
      : settled(call('askOracle', { ...params, wantsLayers: true })),
    settled(call('askDeviceLayers', { ...params, device: asked.id })),
  ]);
  return withDifference({
    ...answered,
    ...(simulator.value === undefined ? {} : { simulator: simulator.value }),
    device: { ...given, ...told.value },
    tellsLayers: told.value?.layers !== undefined,
    ...(told.error === undefined ? {} : { error: told.error }),
  });
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
    if (answered.simulator === undefined && answered.error === undefined) continue;
    publish(answered);
    // Layers take the device as long as many answers: they are asked for when nothing else waits.
    if (needsMore()) await complete(answered);
  }
  isAsking = false;
}

const needsMore = (): boolean => next === undefined && wantsLayers.value;

/** Adds the device's layers to an answer that is shown. Equal outputs may hide a difference in them. */
export async function complete(answered: Answer): Promise<void> {
  if (answered.tellsLayers !== undefined || answered.device === undefined) return;
  const whole = await withLayers(answered);
  if (answer.value !== answered) return;
  answer.value = whole;
  if (answered.difference === undefined) sound(whole);
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
