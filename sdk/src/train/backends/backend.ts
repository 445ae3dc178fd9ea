import type { BackendName } from './names.js';

/** The kernels that training needs on a backend, by who wrote them. */
export interface KernelReport {
  /** TensorFlow.js's own. */
  readonly stock: readonly string[];
  /** This project's, new ones or in place of slow ones. */
  readonly ours: readonly string[];
  /** Kernels that the backend lacks: layers that need them cannot be trained. */
  readonly missing: readonly string[];
}

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

/**
 * A started backend, to pass to what computes on one. The tensor library behind it is `TensorBackend`'s: no type of it
 * is named here, because the declarations of TensorFlow.js do not compile in a project that checks libraries.
 */
export interface Backend {
  readonly report: BackendReport;
  /** The memory that holds the trained numbers during an epoch. */
  readonly weightsOn: 'host' | 'device';
}

/** `import()`, injectable so that tests can take a package away. */
export type ImportModule = (specifier: string) => Promise<unknown>;

export interface OpenBackendOptions {
  /** One backend and no other, or (default) the best that starts. */
  readonly name?: BackendName | 'auto';
  /** Whether a named backend is taken although it is no good choice (default true), as when the user asked for it. */
  readonly insists?: boolean;
  readonly importModule?: ImportModule;
}
