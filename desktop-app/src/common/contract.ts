/**
 * The contract between the page and what is behind it: the methods that the page may call, and the events that it is told. The desktop
 * app carries it over Electron's messages, the studio over a WebSocket; nothing else crosses.
 */
import type { z } from 'zod';
import { APP_METHODS } from './contract/app.js';
import { CIRCUIT_METHODS, type CircuitEvents } from './contract/circuits.js';
import type { Method, ServiceName } from './contract/define.js';
import { DEVICE_METHODS, type DeviceEvents } from './contract/devices.js';
import { FIRMWARE_METHODS, type FirmwareEvents } from './contract/firmware.js';
import { FLASH_METHODS, type FlashEvents } from './contract/flashing.js';
import { FLEET_METHODS, type FleetEvents } from './contract/fleet.js';
import { LIBRARY_METHODS, type LibraryEvents } from './contract/library.js';
import { LIVE_METHODS, type LiveEvents } from './contract/live.js';
import { LOG_METHODS, type LogEvents } from './contract/log.js';
import { TRAINING_METHODS, type TrainingEvents } from './contract/training.js';
import type { Failure } from './envelope.js';

export type { ServiceName } from './contract/define.js';

export const METHODS = {
  ...APP_METHODS,
  ...CIRCUIT_METHODS,
  ...DEVICE_METHODS,
  ...FIRMWARE_METHODS,
  ...FLASH_METHODS,
  ...FLEET_METHODS,
  ...LIBRARY_METHODS,
  ...LIVE_METHODS,
  ...LOG_METHODS,
  ...TRAINING_METHODS,
};

type Methods = typeof METHODS;
export type MethodName = keyof Methods;
/** What a caller gives. */
export type ParamsOf<M extends MethodName> = z.input<Methods[M]['params']>;
/** What the one who does it gets. */
export type CheckedParamsOf<M extends MethodName> = z.output<Methods[M]['params']>;
export type ResultOf<M extends MethodName> =
  Methods[M] extends Method<ServiceName | 'host', z.ZodType, infer Result> ? Result : never;

/** The methods of a service, done. */
export type Handlers<Service extends ServiceName | 'host'> = {
  readonly [M in MethodName as Methods[M]['service'] extends Service ? M : never]: (
    params: CheckedParamsOf<M>,
  ) => ResultOf<M> | Promise<ResultOf<M>>;
};

/** A service that stopped by itself or was killed, or runs again. */
export interface ServiceEvent {
  readonly service: ServiceName;
  readonly state: 'running' | 'stopped';
  readonly error?: Failure;
}

export interface Events
  extends
    CircuitEvents,
    DeviceEvents,
    FirmwareEvents,
    FlashEvents,
    FleetEvents,
    LibraryEvents,
    LiveEvents,
    LogEvents,
    TrainingEvents {
  readonly service: ServiceEvent;
}
export type EventName = keyof Events;

export const isMethodName = (name: string): name is MethodName => Object.hasOwn(METHODS, name);
