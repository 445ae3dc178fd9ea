import { toHex } from '@adiabit/simulator/bits';
import type { DeviceDescription, DeviceSession, SlotDescription } from '../../device/index.js';
import type { Reported } from '../contract/board.js';

/** What a board says of itself. Circuits are named by their digest, hexadecimal. */
export interface BoardFacts {
  readonly device: DeviceDescription;
  readonly slots: readonly SlotDescription[];
  /** The circuit that answers. */
  readonly active: string | undefined;
  /** The circuit that a reset starts. */
  readonly confirmed: string | undefined;
}

/** Asks a board. @throws as DeviceSession does */
export async function readFacts(session: DeviceSession, signal?: AbortSignal): Promise<BoardFacts> {
  const device = await session.hello(signal);
  return factsOf(device, await session.slots(signal));
}

export function factsOf(device: DeviceDescription, slots: readonly SlotDescription[]): BoardFacts {
  const running = device.activeSlot === undefined ? undefined : slots.at(device.activeSlot);
  // A circuit that answers and is confirmed is the one that boots; one on trial is in the state "test".
  const boots = running?.state === 'confirmed' ? running : lastConfirmed(slots);
  return { device, slots, active: digestOf(running), confirmed: digestOf(boots) };
}

const lastConfirmed = (slots: readonly SlotDescription[]): SlotDescription | undefined =>
  slots
    .filter(({ state }) => state === 'confirmed')
    .sort((a, b) => b.sequence - a.sequence)
    .at(0);

const digestOf = (slot: SlotDescription | undefined): string | undefined =>
  slot === undefined || slot.state === 'empty' ? undefined : toHex(slot.digest);

/** Returns the slot that holds a circuit. */
export const slotWith = ({ slots }: BoardFacts, circuit: string): SlotDescription | undefined =>
  slots.find((slot) => digestOf(slot) === circuit);

/** Returns the facts as a gateway reports them. */
export function reportedFacts({
  device,
  slots,
  active,
  confirmed,
}: BoardFacts): Pick<Reported, 'board' | 'slots' | 'active' | 'confirmed'> {
  const { boardId: kind, firmware, protocol, slotBytes, workBytes, checksSignatures, trust } = device;
  return {
    board: {
      kind,
      firmware,
      protocol,
      slotBytes,
      workBytes,
      checksSignatures,
      ...(trust === undefined ? {} : { trust: { ...trust, keyIds: [...trust.keyIds] } }),
    },
    slots: slots.map((slot) => {
      const digest = digestOf(slot);
      const { state, totalBytes: bytes, sequence, erases } = slot;
      return { state, bytes, sequence, erases, ...(digest === undefined ? {} : { digest }) };
    }),
    ...(active === undefined ? {} : { active }),
    ...(confirmed === undefined ? {} : { confirmed }),
  };
}
