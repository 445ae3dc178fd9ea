/**
 * Where the file of a worker is. Workers take compiled files only: from the sources, as tests run them, the one that the build
 * made.
 *
 * @param from `import.meta.url` of the file beside which the worker's lies
 * @param name of the compiled file, as in `worker.js`
 */
export function workerFile(from: string, name: string): URL {
  const beside = from.endsWith('.ts') ? from.replace(/\/src\/(?!.*\/src\/)/, '/dist/') : from;
  return new URL(name, beside);
}
