import { decodeBitstream, type Bitstream } from '@adiabit/simulator/bitstream';
import { confirmStored, flash, type DeviceSession, type FlashPhase } from '../../device/index.js';
import { requireCanary } from '../canary/index.js';
import type { Desired, WishStep } from '../contract/board.js';
import { FleetError } from '../errors.js';
import { checkFile, needsSignature } from './check-file.js';
import type { GatewayContext } from './context.js';
import type { Decision } from './decide.js';
import { slotWith, type BoardFacts } from './facts.js';

export interface FulfilOptions {
  readonly facts: BoardFacts;
  readonly context: GatewayContext;
  readonly signal: AbortSignal;
  /** Comes at the beginning of every step, with 0 bytes, and while bytes are stored. */
  readonly onStep: (step: WishStep, bytes: number, totalBytes: number) => void;
}

const STEP_OF_PHASE: Readonly<Record<FlashPhase, WishStep>> = {
  hello: 'check',
  erase: 'erase',
  write: 'write',
  verify: 'verify',
  'self-test': 'self-test',
  confirm: 'confirm',
};

/**
 * Has a board run what a wish asks for: its circuit is confirmed when this resolves. Whatever fails, the one that was confirmed before
 * still boots.
 * @throws FleetError, SignatureError, FormatError for what is wrong with the wish or its file; as `flash` does; CancelledError
 */
export async function fulfil(
  session: DeviceSession,
  desired: Desired,
  decision: Exclude<Decision, { kind: 'rest' | 'revert' | 'succeed' }>,
  options: FulfilOptions,
): Promise<void> {
  const { context, signal, onStep } = options;
  const file = await fileOf(desired, options);
  await context.lanes.run(async () => {
    onStep('check', 0, 0);
    const checked = file && checkFile(desired, file, context.policy);
    if (checked === undefined && !mayDoWithoutFile(desired, options)) throw noFile(desired);
    const tried = (contents: () => Promise<Bitstream>) => async (): Promise<void> => {
      if (desired.canary === undefined) return;
      onStep('canary', 0, 0);
      await requireCanary(session, await contents(), { ...desired.canary, signal });
    };
    if (decision.kind === 'confirm') {
      const { slot } = decision;
      const beforeConfirm = tried(() => (checked ? Promise.resolve(checked) : storedCircuit(session, slot, signal)));
      const onPhase = (phase: FlashPhase): void => onStep(STEP_OF_PHASE[phase], 0, 0);
      await confirmStored(session, slot, { signal, beforeConfirm, onPhase });
    } else {
      if (file === undefined || checked === undefined) throw noFile(desired);
      await flash(session, file, {
        signal,
        beforeConfirm: tried(() => Promise.resolve(checked)),
        onProgress: ({ phase, bytes, totalBytes }) => onStep(STEP_OF_PHASE[phase], bytes, totalBytes),
      });
    }
  }, signal);
}

async function fileOf({ blob }: Desired, { context, signal, onStep }: FulfilOptions): Promise<Uint8Array | undefined> {
  if (blob === undefined) return undefined;
  onStep('fetch', 0, blob.bytes);
  return context.blobs.fetch(blob, { signal, onProgress: (bytes) => onStep('fetch', bytes, blob.bytes) });
}

/** A circuit that the board has confirmed before was checked then, unless the wish says whose it must be. */
const mayDoWithoutFile = (desired: Desired, { facts, context }: FulfilOptions): boolean =>
  !needsSignature(desired, context.policy) ||
  (desired.signedBy === undefined && slotWith(facts, desired.circuit)?.state === 'confirmed');

/** Reads the circuit back that a board holds. */
const storedCircuit = async (session: DeviceSession, slot: number, signal: AbortSignal): Promise<Bitstream> =>
  decodeBitstream(await session.readSlot(slot, { signal }));

const noFile = ({ id, circuit }: Desired): FleetError =>
  new FleetError(
    'no-file',
    `Wish ${id} names no file, and the circuit ${circuit} is not one that the board has confirmed. Make a wish that names the file.`,
    { circuit },
  );
