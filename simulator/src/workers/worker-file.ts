/**
 * Gives the URL of a worker's file. Workers run compiled files only. If this code runs from the sources, as in tests,
 * it is the file that the build made.
 *
 * @param from `import.meta.url` of the file beside the worker's
 * @param name of the compiled file, as in `worker.js`
 */
export function workerFile(from: string, name: string): URL {
  const beside = from.endsWith('.ts') ? from.replace(/\/src\/(?!.*\/src\/)/, '/dist/') : from;
  return new URL(name, beside);
}
