import { encodeFrame, encodeRequest, FrameDecoder, type Request } from '../../sdk/src/protocol/index.js';
import type { DeviceRig, FlashGeometry } from '../support/device-rig.js';
import type { Victim } from './world.js';

export class PowerFailed extends Error {}

export const GEOMETRY: FlashGeometry = { slots: 2, sectorBytes: 1024, pageBytes: 256, regionBytes: 4096 };

/** The device of a rig, on which erases are counted. */
export const rigVictim = (rig: DeviceRig): Victim => ({
  board: 'rig',
  async ask(request: Request): Promise<Uint8Array> {
    const bytes = await rig.line(encodeFrame(encodeRequest(request, 1)));
    if (!rig.hasPower) throw new PowerFailed();
    const [event] = new FrameDecoder().push(bytes);
    if (event.kind !== 'frame') throw new Error(`The device sent a damaged frame: ${event.reason}`);
    return event.frame.payload;
  },
  restart: () => rig.restart(),
  erases: () => rig.erases(),
});
