import type { Backend, OpenBackendOptions } from './backend.js';
import { openTensorBackend } from './tensor-backend.js';

/**
 * Loads the tensor library and starts a backend: TensorFlow's C library, else a graphics processor,
 * else WebAssembly, else plain JavaScript.
 *
 * @throws PackageError `package.not-installed` without the packages of training; ModelError `model.bad-value` with what every
 * candidate said, when none starts
 */
export const openBackend = (options?: OpenBackendOptions): Promise<Backend> => openTensorBackend(options);
