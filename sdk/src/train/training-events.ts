import type { EpochProgress } from './learning/epoch-progress.js';
import { type EpochRecord, train, type TrainingStart, type TrainOptions, type TrainResult } from './trainer.js';

/** What happens in a training: `start`, then `progress` many times and `epoch` once in each epoch, at last `end`. */
export type TrainingEvent =
  | ({ readonly kind: 'start' } & TrainingStart)
  | ({ readonly kind: 'progress' } & EpochProgress)
  | ({ readonly kind: 'epoch' } & EpochRecord)
  | ({ readonly kind: 'end' } & TrainResult);

export type TrainingEventsOptions = Omit<TrainOptions, 'onStart' | 'onProgress' | 'onEpoch'>;

/**
 * Returns a training as an async iterator. It goes on while an event is looked at; of the progress made meanwhile the
 * next event is the latest. Leaving the loop early stops the training, as its `signal` does.
 *
 * @throws what {@link train} throws, out of the loop
 */
export async function* trainingEvents(options: TrainingEventsOptions): AsyncGenerator<TrainingEvent, void, void> {
  const leaving = new AbortController();
  const signal = options.signal === undefined ? leaving.signal : AbortSignal.any([options.signal, leaving.signal]);
  /** What was not looked at yet; undefined is the end. */
  const waiting: (TrainingEvent | undefined)[] = [];
  let wake = (): void => undefined;
  const put = (event: TrainingEvent | undefined): void => {
    if (event?.kind === 'progress' && waiting.at(-1)?.kind === 'progress') waiting.pop();
    waiting.push(event);
    wake();
  };
  const training = train({
    ...options,
    signal,
    onStart: (start) => put({ kind: 'start', ...start }),
    onProgress: (progress) => put({ kind: 'progress', ...progress }),
    onEpoch: (record) => put({ kind: 'epoch', ...record }),
  })
    .then((result) => put({ kind: 'end', ...result }))
    .finally(() => put(undefined));
  // Looked at below; until then a failure is not one that nobody handles.
  const settled = training.catch(() => undefined);
  try {
    for (;;) {
      if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const event = waiting.shift();
      if (event === undefined) break;
      yield event;
    }
    await training;
  } finally {
    leaving.abort();
    await settled;
  }
}
