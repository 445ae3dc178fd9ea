import { createHash } from 'node:crypto';
import type { Request } from '../../sdk/src/protocol/index.js';
import type { PowerCut } from '../support/device-rig.js';

/** A device under attack: it runs a confirmed circuit in slot 0. */
export interface WearTarget {
  /** Where another circuit would go. */
  readonly slot: number;
  /** A circuit that it would take. */
  readonly circuit: Uint8Array;
  /** Asks, and gives the status of the reply. Throws when the power fails meanwhile. */
  readonly ask: (request: Request) => Promise<number>;
  readonly restart: (cut?: PowerCut) => Promise<void>;
}

/** Does its worst `times` times. */
export type WearAttack = (target: WearTarget, times: number) => Promise<void>;

const PIECE_BYTES = 128;
const NO_DIGEST = new Uint8Array(32);

const begin = ({ ask, slot, circuit }: WearTarget, digest: Uint8Array = NO_DIGEST): Promise<number> =>
  ask({ type: 'begin', slot, totalBytes: circuit.length, digest });

const writeAt = ({ ask, circuit }: WearTarget, offset: number): Promise<number> =>
  ask({ type: 'write', offset, data: circuit.subarray(offset, offset + PIECE_BYTES) });

async function wholeCircuit(target: WearTarget): Promise<void> {
  await begin(target, createHash('sha256').update(target.circuit).digest());
  for (let offset = 0; offset < target.circuit.length; offset += PIECE_BYTES) await writeAt(target, offset);
  await target.ask({ type: 'verify', slot: target.slot });
}

const repeated =
  (step: (target: WearTarget, turn: number) => Promise<unknown>): WearAttack =>
  async (target, times) => {
    for (let turn = 0; turn < times; turn++) await step(target, turn);
  };

/** Lengths that no bitstream has, or no slot. */
export const ABSURD_LENGTHS: readonly number[] = [0, 1, 4, 36, 156, 163, 1_000_003, 0x7fff_fffc, 0xffff_ffff];

/** The ways of whoever is on the line to wear the flash out, or to take the circuit away, by name. */
export const WEAR_ATTACKS = {
  'begins with absurd lengths': repeated(({ ask, slot }, turn) =>
    ask({ type: 'begin', slot, totalBytes: ABSURD_LENGTHS[turn % ABSURD_LENGTHS.length], digest: NO_DIGEST }),
  ),
  'begins alone': repeated((target) => begin(target)),
  'begins, a reset after each': repeated(async (target) => {
    await begin(target);
    await target.restart();
  }),
  'writes of what is no bitstream': repeated(async (target) => {
    await begin(target);
    await target.ask({ type: 'write', offset: 0, data: new Uint8Array(PIECE_BYTES) });
  }),
  'writes after one begin': async (target, times) => {
    await begin(target);
    for (let turn = 0; turn < times; turn++) await writeAt(target, PIECE_BYTES * (turn % 2));
  },
  'begins, a first piece after each': repeated(async (target) => {
    await begin(target);
    await writeAt(target, 0);
  }),
  'begins, a first piece and a reset after each': repeated(async (target) => {
    await begin(target);
    await writeAt(target, 0);
    await target.restart();
  }),
  'whole circuits': repeated(wholeCircuit),
  'begins, the power cut when the count is erased': repeated(async (target) => {
    await target.restart();
    await begin(target);
    await writeAt(target, 0);
    await target.restart({ afterOperations: 0, tear: 'done' });
    await begin(target).catch(() => undefined);
    await writeAt(target, 0).catch(() => undefined);
  }),
  'confirms in turn': async (target, times) => {
    await wholeCircuit(target);
    for (let turn = 0; turn < times; turn++) {
      for (const type of ['activate', 'confirm'] as const) await target.ask({ type, slot: (turn + 1) % 2 });
    }
  },
} as const satisfies Readonly<Record<string, WearAttack>>;
export type WearAttackName = keyof typeof WEAR_ATTACKS;
