/**
 * Workers for Node: a pool of threads or processes, and simulation in such a pool. The results are the same for any
 * number of workers.
 */
export { openPool, type AskOptions, type PoolOptions, type WorkerPool } from './pool.js';
export type { WorkerProtocol } from './messages.js';
export { serve, type Answer } from './serve.js';
export { workerFile } from './worker-file.js';
export { threadsWorth, type ThreadNeeds } from './worth.js';
export { openSimulationPool, type SimulationPool, type SimulationPoolOptions } from './simulation-pool.js';
