/**
 * Fleets: boards behind gateways, and a broker between them and whoever decides what they run. Messages are data with schemas
 * (docs/formats/fleet.md); a gateway has each of its boards run what is desired of it.
 */
export * from './contract/index.js';
export { FleetError, type FleetErrorKind } from './errors.js';
export { connectBroker, type BrokerConnection, type BrokerOptions } from './broker/connect.js';
export { memoryBroker } from './broker/memory.js';
export { serveBroker, type EmbeddedBroker, type ServeOptions } from './broker/serve.js';
export { BlobCache } from './blobs/cache.js';
export { BlobFetcher, type FetchOptions } from './blobs/fetch.js';
export { publishBlob, removeBlob, type PublishedBlob } from './blobs/publish.js';
export type { GatewayObserver } from './gateway/context.js';
export { gatewayWill, newSession, runGateway, type GatewayIdentity, type GatewayOptions } from './gateway/gateway.js';
export { decide, type Decision, type Situation } from './gateway/decide.js';
export type { BoardPort, ListBoardPorts } from './gateway/ports.js';
export { systemPorts, type SystemPorts } from './gateway/system-ports.js';
export { driveRollout, type CoordinatorOptions } from './rollout/coordinator.js';
export { initialState } from './rollout/state.js';
export { reduceRollout } from './rollout/reduce.js';
export type { RolloutAction, RolloutEvent } from './rollout/events.js';
export { countPhases, judgeGroup, type GroupVerdict, type PhaseCounts } from './rollout/thresholds.js';
