/** Computes gradients for a training in another thread or process. */
import { serve, type WorkerProtocol } from '@adiabit/simulator/workers';
import { openTensorBackend } from '../backends/tensor-backend.js';
import type { BackendName } from '../backends/names.js';
import type { Sharpness } from '../forward/sharpness.js';
import { resolveLayers, type NetworkSpec } from '../network/network.js';
import type { NetworkParameters } from '../network/parameters.js';
import { computeAll, type Shard, type StepResult } from './step.js';
import { openTeacher, type TeacherSource } from './teacher.js';

/** What a worker starts with. */
export interface GradientStart {
  readonly backend: BackendName;
  readonly network: NetworkSpec;
  /** If absent, what is learnt is the labels. */
  readonly lesson?: TeacherSource | undefined;
}

interface GradientRequest {
  readonly parameters: NetworkParameters;
  readonly shards: readonly Shard[];
  readonly sharpness: Sharpness;
}

export interface GradientProtocol extends WorkerProtocol {
  readonly start: GradientStart;
  readonly request: GradientRequest;
  /** Results by shard. */
  readonly reply: readonly StepResult[];
  readonly note: never;
}

serve<GradientProtocol>(async ({ backend: name, network, lesson }) => {
  const backend = await openTensorBackend({ name });
  const layers = resolveLayers(network);
  const teacher = lesson && openTeacher(backend, network, lesson);
  return ({ parameters, shards, sharpness }) => computeAll(backend, layers, parameters, shards, sharpness, teacher);
});
