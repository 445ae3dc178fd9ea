/** Ports that a circuit has besides its own where its configuration is loaded bit by bit. */
export const SCAN_PORT = {
  /** The next bit of configuration. */
  in: 'scan_in',
  /** One bit per chain: this chain takes the next bit at the clock edge. */
  enable: 'scan_enable',
  /** `start` is heard only while this is 1. */
  run: 'run',
} as const;
