/**
 * Returns just enough of the library to see which backend was asked for, for packages and devices that are not here.
 */
export function fakeTensorflow() {
  let current = 'none';
  return {
    version_core: '0.0.0',
    enableProdMode: () => undefined,
    setBackend: (name: string) => {
      current = name;
      return Promise.resolve(true);
    },
    ready: () => Promise.resolve(),
    getBackend: () => current,
    getKernel: () => ({}),
    registerKernel: () => undefined,
    unregisterKernel: () => undefined,
    getGradient: () => ({}),
    registerGradient: () => undefined,
    unregisterGradient: () => undefined,
  };
}
