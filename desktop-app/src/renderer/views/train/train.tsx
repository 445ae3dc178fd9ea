import { useEffect } from 'preact/hooks';
import { viewKeys } from '../../shell/keys.js';
import { Comparison } from './comparison.js';
import { Course } from './course.js';
import { NewTraining } from './new-training.js';
import { cancel, choices, load, running, shown, start, trainings } from './train-state.js';

/** Trainings: what will be trained, how the one at hand goes, and all of them side by side. */
export function Train() {
  useEffect(() => {
    void load();
    const stop = (): void => {
      if (running.value) void cancel(running.value.id);
    };
    viewKeys.value = { space: () => (running.value ? stop() : void start()), escape: stop };
    return () => void (viewKeys.value = {});
  }, []);
  if (choices.value === undefined || trainings.value === undefined) {
    return (
      <p class="muted" role="status">
        Asking the trainer what it has …
      </p>
    );
  }
  return (
    <div class="train">
      <NewTraining />
      {shown.value === undefined ? (
        <div class="empty">
          <h2>No training yet</h2>
          <p>
            Choose a recipe and data, then press Train or Space. Its curves appear here as it runs, and its bitstream
            goes to the circuits when it is done.
          </p>
        </div>
      ) : (
        <Course training={shown.value} />
      )}
      {trainings.value.length > 0 && <Comparison trainings={trainings.value} />}
    </div>
  );
}
