import { ModelError } from '@adiabit/simulator/errors';
import { isAbsent, notInstalled } from '../../packages/features.js';
import type { Backend, CandidateReport, OpenBackendOptions } from './backend.js';
import { starts } from './candidates.js';
import { type BackendName, backendNames } from './names.js';
import { BackendRefused, type StartedBackend } from './starting.js';
import type { Tensorflow } from './tensorflow.js';
import { reportKernels } from './training-kernels.js';

/** A started backend with its tensor library. */
export interface TensorBackend extends Backend {
  readonly tf: Tensorflow;
  /** Makes this backend the library's current one. Call before any run of operations that follows an `await`. */
  activate(): void;
}

/**
 * Returns the tensor library's side of a backend.
 *
 * @throws ModelError `model.bad-value` for an object that `openBackend` did not make
 */
export function tensorBackend(backend: Backend): TensorBackend {
  if (isTensorBackend(backend)) return backend;
  throw new ModelError('bad-value', 'This is no started backend. Pass what openBackend returned.');
}

const isTensorBackend = (backend: Backend): backend is TensorBackend => 'tf' in backend && 'activate' in backend;

/** Starts a backend as `openBackend` does. */
export async function openTensorBackend(options: OpenBackendOptions = {}): Promise<TensorBackend> {
  const wanted = options.name ?? 'auto';
  const importModule = options.importModule ?? ((specifier: string): Promise<unknown> => import(specifier));
  const candidates: CandidateReport[] = [];
  const failures: unknown[] = [];
  let chosen: { readonly name: BackendName; readonly started: StartedBackend } | undefined;
  for (const name of backendNames) {
    if (chosen !== undefined) {
      candidates.push({ name, outcome: 'not-tried', detail: `not needed: ${chosen.name} started` });
    } else if (wanted !== 'auto' && wanted !== name) {
      candidates.push({ name, outcome: 'not-tried', detail: `not asked for: ${wanted} was` });
    } else {
      try {
        const started = await starts[name](importModule, wanted === name && (options.insists ?? true));
        chosen = { name, started };
        candidates.push({ name, outcome: 'chosen', detail: started.detail });
      } catch (error) {
        failures.push(error);
        const outcome = error instanceof BackendRefused ? 'refused' : 'unavailable';
        candidates.push({ name, outcome, detail: firstLine(error) });
      }
    }
  }
  if (chosen === undefined) {
    const isInstallable = wanted !== 'node' && wanted !== 'webgpu' && isAbsent(failures.at(-1));
    throw isInstallable ? notInstalled('training', failures.at(-1)) : noBackend(wanted, candidates);
  }
  const { name, started } = chosen;
  const report = { name, detail: started.detail, kernels: reportKernels(started), candidates };
  return { tf: started.tf, report, weightsOn: started.weightsOn, activate: () => activate(started) };
}

/**
 * Makes a started backend the current one. `setBackend` then takes effect before it returns; its promise is about
 * starting one.
 */
function activate({ tf, registeredName }: StartedBackend): void {
  if (tf.getBackend() !== registeredName) void tf.setBackend(registeredName);
}

function noBackend(wanted: string, candidates: readonly CandidateReport[]): ModelError {
  const said = candidates.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
  return new ModelError('bad-value', `No tensor backend to train with (asked for: ${wanted}). ${said}.`, {
    wanted,
    ...Object.fromEntries(candidates.map(({ name, detail }) => [name, detail])),
  });
}

/** Returns the first line, without the importing file that Node names when a package is missing. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0].replace(/ imported from .*$/, '');
}
