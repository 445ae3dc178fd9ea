/** Simulation in worker threads, for Node: inputs are shared out, outputs are the same for any number of threads. */
export { openCrew, type Crew, type CrewOptions, type CrewRunOptions } from './crew.js';
export { threadsWorth, type ThreadNeeds } from './worth.js';
