/** The additional ports of a circuit whose configuration is loaded bit by bit. */
export const SCAN_PORT = {
  /** The next bit of configuration. */
  in: 'scan_in',
  /** One bit per chain: if 1, the chain takes the next bit at the clock edge. */
  enable: 'scan_enable',
  /** The circuit ignores `start` unless this is 1. */
  run: 'run',
} as const;
