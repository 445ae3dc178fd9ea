/**
 * Runs a preload script in the page, before the page: with the two modules' parts that Electron's sandbox has, and no others. `contextBridge`
 * copies what crosses, as Electron's does, and refuses what has no copy.
 */
(() => {
  const invoke = window.electronStandInInvoke;
  delete window.electronStandInInvoke;
  const listeners = new Map();

  const bridged = (value) => {
    if (typeof value === 'function') return (...given) => bridged(value(...given.map(bridged)));
    if (typeof value === 'symbol') throw new Error('A symbol cannot cross the context bridge');
    if (value instanceof Promise) return value.then(bridged);
    if (Array.isArray(value)) return Object.freeze(value.map(bridged));
    const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
    if (!isPlain) return structuredClone(value);
    return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, one]) => [key, bridged(one)])));
  };

  const contextBridge = {
    exposeInMainWorld: (name, api) => {
      if (name in window)
        throw new Error(`Cannot bind an API on top of an existing property on the window object: ${name}`);
      Object.defineProperty(window, name, {
        value: bridged(api),
        enumerable: true,
        writable: false,
        configurable: false,
      });
    },
  };
  const ipcRenderer = {
    invoke: (channel, ...values) => invoke(channel, structuredClone(values)),
    on: (channel, listener) => {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
  };
  const require = (name) => {
    if (name !== 'electron') throw new Error(`module not found: ${name}`);
    return { contextBridge, ipcRenderer };
  };
  Object.defineProperty(window, Symbol.for('electron-stand-in'), {
    value: (channel, values) => {
      for (const listener of listeners.get(channel) ?? []) listener({ sender: ipcRenderer, ports: [] }, ...values);
    },
  });
  ((require, module, exports, process, Buffer) => {
    /* PRELOAD */
  })(require, { exports: {} }, {});
})();
