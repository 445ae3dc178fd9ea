import { AdiabitError } from '@adiabit/simulator/errors';
import type { FlashProgress } from './flash-progress.js';
import { flash, type FlashOptions, type FlashResult } from './flash-session.js';
import { openAtKnownRate } from './open-port.js';
import type { DeviceSession } from './session.js';

export interface FleetOptions extends Omit<FlashOptions, 'onProgress'> {
  /** How to reach the device behind a port; by default at the first of the known rates at which it answers. */
  readonly open?: (port: string) => Promise<DeviceSession>;
  readonly onProgress?: (port: string, progress: FlashProgress) => void;
}

/** What became of one device. */
export type FleetOutcome =
  | { readonly port: string; readonly ok: true; readonly result: FlashResult }
  /** `opened` tells whether a device of ours had answered on the port. */
  | { readonly port: string; readonly ok: false; readonly opened: boolean; readonly error: AdiabitError };

/**
 * Flashes the devices behind all `ports` at once. What goes wrong with one does not touch the others; outcomes come in
 * the order of the ports, when all have ended. A port given twice is held by the first and busy for the second.
 */
export async function flashFleet(
  ports: readonly string[],
  bitstream: Uint8Array,
  { open = openAny, onProgress, ...options }: FleetOptions = {},
): Promise<FleetOutcome[]> {
  const one = async (port: string): Promise<FleetOutcome> => {
    let session: DeviceSession | undefined;
    try {
      session = await open(port);
      const result = await flash(session, bitstream, {
        ...options,
        onProgress: (progress) => onProgress?.(port, progress),
      });
      return { port, ok: true, result };
    } catch (error) {
      if (!(error instanceof AdiabitError)) throw error;
      return { port, ok: false, opened: session !== undefined, error };
    } finally {
      await session?.close();
    }
  };
  const settled = await Promise.allSettled(ports.map(one));
  return settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}

const openAny = async (port: string): Promise<DeviceSession> => (await openAtKnownRate(port)).session;
