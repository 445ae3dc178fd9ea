import { signal } from '@preact/signals';
import type { ExampleSet } from '../../../common/contract/live.js';
import { call } from '../../bridge.js';
import { attempt, chosenDevice, report } from '../../state.js';
import {
  answer,
  ask,
  circuit,
  complete,
  publish,
  show,
  source,
  subject,
  witness,
  type Answer,
  type Input,
} from './session.js';
import { emptyTally, tallied, type Judged, type Tally } from './tally.js';
import { deviceMs } from './time.js';

/** The examples of the watched circuit; undefined until they are read. */
export const examples = signal<ExampleSet | undefined>(undefined);
export const isLoading = signal(false);
/** How many are classified in a run; the first of the set. */
export const wanted = signal(50);
export const tally = signal<Tally>(emptyTally(0));
export const run = signal<{ readonly isRunning: boolean; readonly perSecond?: number }>({ isRunning: false });
/** The example that is shown. */
export const position = signal(0);

/** Examples that are read at once. */
const READ_AT_ONCE = 32;
/** How often the page shows how far it is. */
const SHOW_MS = 50;

let runs = 0;

export function reset(): void {
  tally.value = emptyTally(circuit.peek()?.classNames.length ?? 0);
}

export function stop(): void {
  runs++;
  run.value = { ...run.peek(), isRunning: false };
}

// What was counted belongs to one circuit on one device.
function startAnew(): void {
  stop();
  reset();
}
chosenDevice.subscribe(startAnew);
circuit.subscribe(() => {
  startAnew();
  examples.value = undefined;
});

/** Reads the test set, if that has not been done. */
export async function openExamples(): Promise<ExampleSet | undefined> {
  const id = subject.value?.id;
  if (examples.value !== undefined || id === undefined) return examples.value;
  isLoading.value = true;
  const opened = await attempt(() => call('openExamples', { entry: id }));
  isLoading.value = false;
  if (subject.value?.id === id) examples.value = opened;
  return opened;
}

async function read(from: number, count: number): Promise<readonly Input[]> {
  const id = subject.value?.id;
  const labels = examples.value?.labels;
  if (id === undefined) return [];
  const inputs = await call('readExamples', { entry: id, from, count });
  return inputs.map((values, offset) => {
    const index = from + offset;
    const label = labels?.[index];
    return { values, name: `example ${index}`, index, ...(label === undefined ? {} : { label }) };
  });
}

/** Shows one example; beyond the ends it goes round. */
export async function showExample(index: number): Promise<void> {
  const set = await openExamples();
  if (set === undefined || set.count === 0) return;
  source.value = 'examples';
  position.value = ((index % set.count) + set.count) % set.count;
  const input = (await attempt(() => read(position.value, 1)))?.at(0);
  if (input) show(input);
}

/** Starts over the first examples of the set, or goes on where it was stopped; stops if it runs. */
export function toggle(): void {
  if (run.value.isRunning) stop();
  else void attempt(classifyAll);
}

async function classifyAll(): Promise<void> {
  const id = ++runs;
  const set = await openExamples();
  if (set === undefined || id !== runs) return;
  const total = Math.min(wanted.value, set.count);
  if (tally.value.done >= total) reset();
  source.value = 'examples';
  run.value = { isRunning: true };
  const startMs = performance.now();
  const before = tally.value.done;
  let shownMs = startMs;
  let judged: Judged[] = [];
  const tell = (last: Answer): void => {
    tally.value = tallied(tally.value, judged);
    judged = [];
    run.value = { isRunning: true, perSecond: (1000 * (tally.value.done - before)) / (performance.now() - startMs) };
    position.value = last.input.index ?? position.value;
    if (last.simulator?.layers) publish(last);
  };
  try {
    while (id === runs && tally.value.done < total) {
      const from = tally.value.done;
      let last: Answer | undefined;
      for (const input of await read(from, Math.min(READ_AT_ONCE, total - from))) {
        if (id !== runs) break;
        // Layers are asked of what is shown alone: for the tally the outputs do.
        const isShown = performance.now() - shownMs >= SHOW_MS || input.index === total - 1;
        const answered = await ask(input, isShown);
        if (id !== runs) break;
        if (answered.error) {
          report(answered.error);
          return;
        }
        judged.push(judgedOf(answered));
        last = answered;
        if (!isShown) continue;
        shownMs = performance.now();
        tell(answered);
      }
      // What was stopped is asked again: the circuit may be another one by now.
      if (last === undefined || id !== runs) break;
      tell(last);
    }
  } finally {
    if (id === runs) stop();
    const shown = answer.value;
    if (shown) void complete(shown);
  }
}

/** What the device said counts; without one, what the simulator said. An example without a label is right if both agree. */
function judgedOf({ input, device, simulator, difference }: Answer): Judged {
  const given = (device ?? simulator)!.class;
  const ms = device && deviceMs(device.counter, witness.value?.about);
  return {
    index: input.index!,
    label: input.label ?? simulator!.class,
    class: given,
    differs: difference !== undefined,
    ...(ms === undefined ? {} : { deviceMs: ms }),
  };
}
