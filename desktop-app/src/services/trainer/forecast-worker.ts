import { parentPort, workerData } from 'node:worker_threads';
import { forecast } from '@adiabit/sdk/workflow';
import type { TrainingForecast } from '../../common/contract/training.js';
import type { Outcome } from '../../common/envelope.js';
import { failureOf } from '../../common/failure.js';
import type { ForecastQuestion } from './forecasts.js';
import { fitOf } from './run-training.js';

async function answer({ recipe, withCircuit, boardsFolder }: ForecastQuestion): Promise<TrainingForecast> {
  const found = await forecast(recipe, { withCircuit, boards: boardsFolder });
  if (typeof found === 'string') return { hasCircuit: false, reason: found };
  return { hasCircuit: true, ...found, boards: found.boards.map(fitOf) };
}

const outcome: Outcome = await answer(workerData as ForecastQuestion).then(
  (value) => ({ ok: true, value }),
  (error: unknown) => ({ ok: false, error: failureOf(error) }),
);
parentPort?.postMessage(outcome);
