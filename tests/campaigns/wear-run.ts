import { createHash } from 'node:crypto';
import { encodeFrame, encodeRequest, FrameDecoder, type Request } from '../../sdk/src/protocol/index.js';
import type { DeviceRig, FlashGeometry } from '../support/device-rig.js';
import { repeatableNumbers } from '../support/numbers.js';
import { sampleCircuit } from '../support/sample-circuits.js';
import { WEAR_ATTACKS, type WearAttackName, type WearTarget } from './wear-attacks.js';

/** Flash as of boards with one slot and with two. */
export const WEAR_GEOMETRIES = {
  uno: { slots: 1, sectorBytes: 128, pageBytes: 128, regionBytes: 3072 },
  mega: { slots: 2, sectorBytes: 1024, pageBytes: 256, regionBytes: 4096 },
} as const satisfies Readonly<Record<string, FlashGeometry>>;

export interface WearResult {
  /** Of the sector that was erased most. */
  readonly erases: number;
  /** How long the device put erases off. */
  readonly waitedSeconds: number;
  /** Whether it boots the circuit that it had. */
  readonly keepsCircuit: boolean;
}

const next = repeatableNumbers(29);
const shape = { widths: [40, 16, 5], inputBits: 1, goldenVectors: 2 };
const VICTIM = sampleCircuit(next, shape).bytes;
const OTHER = sampleCircuit(next, shape).bytes;
const DIGEST_IN_SLOTS = 1 + 12;

/** Lets an attack at a device that is new and has a confirmed circuit. */
export async function runWearAttack(
  rig: DeviceRig,
  geometry: FlashGeometry,
  name: WearAttackName,
  times: number,
): Promise<WearResult> {
  await rig.powerOn(geometry);
  const payloadOf = async (request: Request): Promise<Uint8Array> => {
    const bytes = await rig.line(encodeFrame(encodeRequest(request, 1)));
    if (!rig.hasPower) throw new Error('The power failed.');
    const [event] = new FrameDecoder().push(bytes);
    if (event.kind !== 'frame') throw new Error(`The device sent a damaged frame: ${event.reason}`);
    return event.frame.payload;
  };
  const target: WearTarget = {
    slot: geometry.slots - 1,
    circuit: OTHER,
    ask: async (request) => (await payloadOf(request))[0],
    restart: (cut) => rig.restart(cut),
  };
  await install(target);
  const before = await rig.wear();
  await WEAR_ATTACKS[name](target, times);
  await rig.restart();
  const after = await rig.wear();
  const [, , , , , , , , activeSlot] = await payloadOf({ type: 'hello' });
  const slots = Buffer.from(await payloadOf({ type: 'slots' }));
  const digest = slots.subarray(DIGEST_IN_SLOTS, DIGEST_IN_SLOTS + 32);
  return {
    erases: Math.max(...after.erases.map((erases, sector) => erases - before.erases[sector])),
    waitedSeconds: after.waitedSeconds - before.waitedSeconds,
    keepsCircuit: activeSlot !== 0xff && digest.equals(digestOf(VICTIM)),
  };
}

const digestOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

async function install({ ask }: WearTarget): Promise<void> {
  const requests: Request[] = [{ type: 'begin', slot: 0, totalBytes: VICTIM.length, digest: digestOf(VICTIM) }];
  for (let offset = 0; offset < VICTIM.length; offset += 128)
    requests.push({ type: 'write', offset, data: VICTIM.subarray(offset, offset + 128) });
  for (const type of ['verify', 'activate', 'confirm'] as const) requests.push({ type, slot: 0 });
  for (const request of requests) {
    const status = await ask(request);
    if (status !== 0) throw new Error(`${request.type} was refused with status ${status}.`);
  }
}
