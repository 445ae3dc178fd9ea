import type { Following, Progress } from '../workflow/index.js';
import { barText, noteLines, openingLine } from './print/notes.js';
import { interruptSignal } from './interrupt.js';
import type { ProgressBar, Terminal } from './terminal.js';

/** A workflow's observer and signal, both there. */
export type Watch = { readonly [Key in keyof Following]-?: NonNullable<Following[Key]> };

/** Runs a workflow whose progress and notes the terminal shows, and that Ctrl-C stops. */
export async function watch<T>(
  terminal: Terminal,
  work: (following: Watch) => Promise<T>,
  onStage: NonNullable<Following['observer']>['onStage'] = () => undefined,
): Promise<T> {
  const bars = createBars(terminal);
  const signal = interruptSignal();
  const observer: Watch['observer'] = {
    onStage: (stage) => {
      bars.stop();
      onStage(stage);
    },
    onNote: (note) => {
      bars.stop();
      for (const line of noteLines(note)) terminal.say(line);
    },
    onProgress: (progress) => {
      const opening = progress.done === 0 ? openingLine(progress) : undefined;
      if (opening !== undefined) terminal.say(opening);
      bars.update(progress);
    },
  };
  return work({ observer, signal }).finally(() => bars.stop());
}

/** Shows one bar at a time, a new one for each step. */
function createBars(terminal: Terminal) {
  let current: { readonly label: string; readonly bar: ProgressBar } | undefined;
  const stop = (): void => {
    current?.bar.stop();
    current = undefined;
  };
  const update = (progress: Progress): void => {
    const label = progress.step;
    if (current?.label !== label) {
      stop();
      current = { label, bar: terminal.progress(label) };
    }
    current.bar.update(progress.done, progress.total, barText(progress));
  };
  return { stop, update };
}
