/**
 * Devices: find their ports, talk to them, put circuits on them. `openDevice` is the short way in; the parts are here
 * too: transports (a serial port, an emulated board, a bad line for tests), sessions and flash sessions.
 */
export {
  isRetryable,
  throwIfCancelled,
  FlashError,
  TransportError,
  type FlashErrorKind,
  type TransportErrorKind,
} from './errors.js';
export { DeviceError, ProtocolError, type ProtocolErrorKind } from '../protocol/errors.js';
export type { DeviceDescription, Inference, SensorSamples, SlotDescription } from '../protocol/replies.js';
export { systemClock, type Clock } from './clock.js';
export { Listeners, type Transport } from './transport.js';
export { DeviceSession, type InferenceProgress, type SessionOptions } from './session.js';
export type { LinkStatistics } from './link.js';
export { confirmStored, flash, type ConfirmOptions, type FlashOptions, type FlashResult } from './flash-session.js';
export { checkTakes, freeSlot } from './flash-plan.js';
export { flashFleet, type FleetOptions, type FleetOutcome } from './flash-fleet.js';
export { FLASH_PHASES, type FlashPhase, type FlashProgress } from './flash-progress.js';
export { checkCapacity } from './capacity.js';
export { faultTransport, type FaultCounts, type FaultTransport, type LineFaults } from './fault-transport.js';
export {
  DEFAULT_BAUD_RATE,
  openDevice,
  openPort,
  type PortOptions,
  knownBaudRates,
  openAtKnownRate,
} from './open-port.js';
export { listPorts, type PortDescription, type PortList } from './ports.js';
export {
  Recorder,
  decodeRecording,
  encodeRecording,
  recordTransport,
  type RecordedBytes,
  type Recording,
} from './recording.js';
export { replayTransport } from './replay.js';
export { openSerialTransport, type SerialTransportOptions } from './serial-transport.js';
export { emulatedBinding, type BoardSource } from './emulated-binding.js';
export { VIRTUAL_PREFIX, VirtualPorts, freshVirtualPorts, virtualPortsOf, type VirtualPort } from './virtual-ports.js';
