/** The package's own declarations are outside of its exports. */
declare module 'onnxruntime-node' {
  export * from 'onnxruntime-common';
}
