import { ModelError } from '@adiabit/simulator/errors';
import { starts } from './candidates.js';
import { type BackendName, backendNames } from './names.js';
import { BackendRefused, type ImportModule, type StartedBackend } from './starting.js';
import type { Tensorflow } from './tensorflow.js';
import { type KernelReport, reportKernels } from './training-kernels.js';

/** What one candidate said when asked. */
export interface CandidateReport {
  readonly name: BackendName;
  /** `refused`: it would start, but is no good choice. */
  readonly outcome: 'chosen' | 'refused' | 'unavailable' | 'not-tried';
  /** Version and capabilities, why it could not start or was refused, or why it was not tried. */
  readonly detail: string;
}

/** The backend that runs, the origin of its kernels, and why no better one runs. Plain data for reports. */
export interface BackendReport {
  readonly name: BackendName;
  readonly detail: string;
  readonly kernels: KernelReport;
  /** Every candidate, best first. */
  readonly candidates: readonly CandidateReport[];
}

/** A started backend. */
export interface Backend {
  readonly tf: Tensorflow;
  readonly report: BackendReport;
  /** The memory that holds the trained numbers during an epoch. */
  readonly weightsOn: 'host' | 'device';
  /** Makes this backend the library's current one. Call before any run of operations that follows an `await`. */
  activate(): void;
}

export interface OpenBackendOptions {
  /** One backend and no other, or (default) the best that starts. */
  readonly name?: BackendName | 'auto';
  /** Whether a named backend is taken although it is no good choice (default true), as when the user asked for it. */
  readonly insists?: boolean;
  readonly importModule?: ImportModule;
}

/**
 * Loads the tensor library and starts a backend: TensorFlow's C library, else a graphics processor,
 * else WebAssembly, else plain JavaScript.
 *
 * @throws ModelError `model.bad-value` with what every candidate said, when none starts
 */
export async function openBackend(options: OpenBackendOptions = {}): Promise<Backend> {
  const wanted = options.name ?? 'auto';
  const importModule = options.importModule ?? ((specifier: string): Promise<unknown> => import(specifier));
  const candidates: CandidateReport[] = [];
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
        const outcome = error instanceof BackendRefused ? 'refused' : 'unavailable';
        candidates.push({ name, outcome, detail: firstLine(error) });
      }
    }
  }
  if (chosen === undefined) throw noBackend(wanted, candidates);
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
