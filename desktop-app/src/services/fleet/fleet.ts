import { AppError } from '@adiabit/simulator/errors';
import type { Handlers } from '../../common/contract.js';
import { throttle } from '../throttle.js';
import type { Emit, ServiceStart } from '../serve.js';
import { WatchedFleet } from './watched-fleet.js';

/** How often the page is told what has changed. */
const TELL_MS = 500;

/** Opens the service that watches a fleet over its broker, one at a time. It takes no wish of its own: rollouts make those. */
export function openFleet(
  _start: ServiceStart,
  emit: Emit,
): Promise<{ readonly handlers: Handlers<'fleet'>; close(): Promise<void> }> {
  let watched: WatchedFleet | undefined;
  const telling = throttle(TELL_MS, () => emit('fleet', watched?.fleet()));
  const leave = async (): Promise<void> => {
    const before = watched;
    watched = undefined;
    telling.call();
    await before?.close();
  };
  const handlers: Handlers<'fleet'> = {
    readFleet: () => watched?.fleet(),
    watchFleet: async ({ broker, prefix, ...login }) => {
      await leave();
      watched = new WatchedFleet({ url: broker, ...login }, prefix, telling.call);
      telling.call();
      return undefined;
    },
    leaveFleet: async () => {
      await leave();
      return undefined;
    },
    commandRollout: async ({ rollout, command }) => {
      if (watched === undefined) throw new AppError('not-now', 'No fleet is watched. Connect to its broker first.');
      await watched.command(rollout, command);
      return undefined;
    },
  };
  return Promise.resolve({
    handlers,
    close: async () => {
      telling.stop();
      await watched?.close();
    },
  });
}
