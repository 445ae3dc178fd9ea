import { CancelledError } from '@adiabit/simulator/errors';
import { Worker } from 'node:worker_threads';
import type { Recipe } from '@adiabit/sdk/train';
import type { TrainingForecast } from '../../common/contract/training.js';
import type { Outcome } from '../../common/envelope.js';
import { CallError } from '../../common/failure.js';

/** What the worker is asked. */
export interface ForecastQuestion {
  readonly recipe: Recipe;
  readonly withCircuit: boolean;
  readonly boardsFolder?: string | undefined;
}

const MOST_KEPT = 50;

/** Forecasts, each in a thread of its own, so that a training goes on meanwhile. A later question ends an earlier one. */
export class Forecasts {
  readonly #boardsFolder: string | undefined;
  readonly #known = new Map<string, TrainingForecast>();
  #asked: { readonly worker: Worker; readonly refuse: (error: Error) => void } | undefined;

  constructor(boardsFolder: string | undefined) {
    this.#boardsFolder = boardsFolder;
  }

  /** @throws CancelledError when another question came; ModelError for a recipe that cannot be trained */
  async of(recipe: Recipe, withCircuit: boolean): Promise<TrainingForecast> {
    const key = JSON.stringify([recipe.network, withCircuit]);
    const known = this.#known.get(key);
    if (known) return known;
    this.close();
    const question: ForecastQuestion = { recipe, withCircuit, boardsFolder: this.#boardsFolder };
    const worker = new Worker(new URL('./forecast-worker.js', import.meta.url), { workerData: question });
    const outcome = await new Promise<Outcome>((resolve, reject) => {
      this.#asked = { worker, refuse: reject };
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    if (!outcome.ok) throw new CallError(outcome.error);
    const found = outcome.value as TrainingForecast;
    for (const old of [...this.#known.keys()].slice(0, -MOST_KEPT)) this.#known.delete(old);
    this.#known.set(key, found);
    return found;
  }

  /** Ends the question at hand. */
  close(): void {
    this.#asked?.refuse(new CancelledError('Another recipe was asked for.'));
    void this.#asked?.worker.terminate();
    this.#asked = undefined;
  }
}
