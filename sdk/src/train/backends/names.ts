/**
 * `node`: TensorFlow's C library; `webgpu`: a graphics processor; `wasm`: WebAssembly in this process; `cpu`: plain
 * JavaScript, very slow. Best first.
 */
export const backendNames = ['node', 'webgpu', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];
