import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CancelledError } from '@adiabit/simulator/errors';
import { FlashError, TransportError, type DeviceDescription, type SlotDescription } from '../../device/index.js';
import type { Desired, Outcome } from '../contract/board.js';
import { afterFailure } from './after-failure.js';
import { decide, type Decision } from './decide.js';
import { factsOf, type BoardFacts } from './facts.js';

const [OLD, NEW, OTHER] = ['11', '22', '33'].map((byte) => byte.repeat(32));

/** A board with two slots, as the firmware keeps them. */
interface Board {
  readonly slots: readonly {
    readonly state: SlotDescription['state'];
    readonly circuit: string;
    readonly sequence: number;
  }[];
  readonly active: number | undefined;
}

const device = { slotCount: 2 } as DeviceDescription;
const factsOfBoard = ({ slots, active }: Board): BoardFacts =>
  factsOf(
    { ...device, activeSlot: active },
    slots.map(({ state, circuit, sequence }, slot) => ({
      slot,
      state,
      sequence,
      totalBytes: 100,
      erases: 0,
      digest: Uint8Array.from(Buffer.from(state === 'empty' ? '00'.repeat(32) : circuit, 'hex')),
    })),
  );

/** What a reset leaves: the last confirmed circuit answers. */
function reset({ slots }: Board): Board {
  const kept = slots.map((slot) => (slot.state === 'test' ? { ...slot, state: 'pending' as const } : slot));
  const confirmed = kept.filter(({ state }) => state === 'confirmed').sort((a, b) => b.sequence - a.sequence);
  return { slots: kept, active: confirmed.length === 0 ? undefined : kept.indexOf(confirmed[0]) };
}

const withSlot = ({ slots, active }: Board, at: number, slot: Partial<Board['slots'][number]>): Board => ({
  slots: slots.map((one, index) => (index === at ? { ...one, ...slot } : one)),
  active,
});

/** The states that a board goes through while a decision is carried out; a gateway may die in any of them. */
function statesOf(board: Board, decision: Decision, circuit: string): readonly Board[] {
  if (decision.kind === 'revert') return [reset(board)];
  if (decision.kind !== 'flash' && decision.kind !== 'confirm') return [board];
  const start =
    decision.kind === 'flash' && board.active !== undefined && board.slots[board.active].state === 'test'
      ? reset(board)
      : board;
  const slot = decision.kind === 'confirm' ? decision.slot : start.active === 0 ? 1 : 0;
  const erased = withSlot(start, slot, { state: 'empty', sequence: 0 });
  const stored = decision.kind === 'flash' ? withSlot(erased, slot, { state: 'pending', circuit }) : start;
  const boots = reset(stored).active === slot;
  const trial = boots ? { ...stored, active: slot } : { ...withSlot(stored, slot, { state: 'test' }), active: slot };
  const sequence = 1 + Math.max(...trial.slots.map((one) => one.sequence));
  const confirmed = withSlot(trial, slot, { state: 'confirmed', sequence });
  return decision.kind === 'flash' ? [start, erased, stored, trial, confirmed] : [start, trial, confirmed];
}

const desired = (circuit: string): Desired => ({
  version: 1,
  id: 'wish',
  circuit,
  blob: { digest: circuit, bytes: 100 },
});
const outcome = (result: Outcome['result']): Outcome => ({
  wish: 'wish',
  result,
  step: 'confirm',
  attempts: 1,
  durationMs: 1,
  atMs: 1,
});
const confirmedOld: Board = {
  slots: [
    { state: 'confirmed', circuit: OLD, sequence: 1 },
    { state: 'empty', circuit: OLD, sequence: 0 },
  ],
  active: 0,
};

describe('what comes next for a board', () => {
  it('is in the order of a wish: flash, then rest; and nothing where nobody wishes anything', () => {
    const facts = factsOfBoard(confirmedOld);
    expect(decide({ facts, desired: undefined, outcome: undefined })).toEqual({ kind: 'rest' });
    expect(decide({ facts, desired: desired(NEW), outcome: undefined })).toEqual({ kind: 'flash' });
    expect(decide({ facts, desired: desired(OLD), outcome: undefined })).toEqual({ kind: 'succeed' });
    expect(decide({ facts, desired: desired(OLD), outcome: outcome('succeeded') })).toEqual({ kind: 'rest' });
    expect(decide({ facts, desired: desired(NEW), outcome: outcome('failed') })).toEqual({ kind: 'rest' });
    const withoutFile: Desired = { version: 1, id: 'wish', circuit: NEW };
    expect(decide({ facts, desired: withoutFile, outcome: undefined })).toEqual({ kind: 'refuse' });
  });

  it('sends a circuit away that is on trial for nobody', () => {
    const trial = { ...withSlot(confirmedOld, 1, { state: 'test', circuit: OTHER }), active: 1 };
    const facts = factsOfBoard(trial);
    expect(facts).toMatchObject({ active: OTHER, confirmed: OLD });
    expect(decide({ facts, desired: undefined, outcome: undefined })).toEqual({ kind: 'revert' });
    expect(decide({ facts, desired: desired(OTHER), outcome: outcome('reverted') })).toEqual({ kind: 'revert' });
    expect(decide({ facts, desired: desired(OLD), outcome: undefined })).toEqual({ kind: 'revert' });
    expect(decide({ facts, desired: desired(OTHER), outcome: undefined })).toEqual({ kind: 'confirm', slot: 1 });
  });

  it('comes to what is desired from wherever a gateway died, and the board boots the old circuit or the new one all the time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(), boardResets: fc.boolean(), circuit: fc.constantFrom(OLD, NEW, OTHER) }), {
          maxLength: 12,
        }),
        (deaths) => {
          let board: Board = confirmedOld;
          let wished = OLD;
          const step = (until: number | undefined): Decision => {
            const decision = decide({ facts: factsOfBoard(board), desired: desired(wished), outcome: undefined });
            const states = statesOf(board, decision, wished);
            const before = reset(board);
            for (const state of states) {
              const boots = reset(state);
              expect(boots.active).toBeDefined();
              expect([before.slots[before.active!].circuit, wished]).toContain(boots.slots[boots.active!].circuit);
            }
            board = states[Math.min(until ?? states.length, states.length - 1)];
            return decision;
          };
          for (const { at, boardResets, circuit } of deaths) {
            wished = circuit;
            step(at % 5);
            if (boardResets) board = reset(board);
          }
          const decisions = [1, 2, 3].map(() => step(undefined).kind);
          expect(decisions).toContain('succeed');
          expect(factsOfBoard(board)).toMatchObject({ active: wished, confirmed: wished });
        },
      ),
    );
  });
});

describe('what follows from a failure', () => {
  it('depends on whose it is', () => {
    expect(afterFailure(new CancelledError(), 'write', 1)).toEqual({ kind: 'drop' });
    expect(afterFailure(new TransportError('disconnected', 'gone'), 'write', 9)).toEqual({ kind: 'lost' });
    expect(afterFailure(new TransportError('timeout', 'silent'), 'write', 1)).toEqual({ kind: 'lost' });
    expect(afterFailure(new TransportError('timeout', 'silent'), 'write', 3)).toMatchObject({
      kind: 'end',
      ending: { result: 'failed' },
    });
    expect(afterFailure(new FlashError('write-failed', 'worn'), 'write', 1)).toEqual({ kind: 'again' });
    expect(afterFailure(new FlashError('canary-failed', 'wrong'), 'canary', 1)).toEqual({
      kind: 'end',
      ending: { result: 'reverted', step: 'canary', error: { code: 'flash.canary-failed', message: 'wrong' } },
    });
    expect(afterFailure(new RangeError('a fault of ours'), 'check', 1)).toMatchObject({
      ending: { error: { code: 'internal' } },
    });
  });
});
