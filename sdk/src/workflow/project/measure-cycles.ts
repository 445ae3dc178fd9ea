import type { Bitstream } from '@adiabit/simulator/bitstream';
import { AdiabitError } from '@adiabit/simulator/errors';
import { boardNamed } from '../../boards/index.js';
import { VIRTUAL_PREFIX } from '../../device/index.js';
import { ProjectError } from '../../project/errors.js';
import { openMeasuredBoard } from '../measured-board.js';
import type { Following } from '../observer.js';
import { classifyOn } from '../run.js';
import { compareOutputs } from '../witness.js';

/** Clock cycles of an inference on a board, or why they cannot be measured here. */
export type MeasuredCycles = { readonly cycles: number } | { readonly reason: AdiabitError };

/**
 * Measures the slowest golden vector on the emulated board, which runs the real firmware, and compares every output with the golden
 * one. rp2040js and avr8js count cycles, QEMU counts instructions.
 * @throws ProjectError `project.mismatch` if an output differs; CancelledError
 */
export async function measureCycles(
  id: string,
  boards: string | undefined,
  { bitstream, bytes }: { readonly bitstream: Bitstream; readonly bytes: Uint8Array },
  following: Following,
): Promise<MeasuredCycles> {
  const { clockHz } = boardNamed(id, boards);
  const { goldenVectors } = bitstream;
  try {
    const board = await openMeasuredBoard({ port: `${VIRTUAL_PREFIX}${id}`, boards }, following.signal);
    try {
      const { device } = await board.flash(bytes, following);
      const inputs = goldenVectors.map(({ input }) => input);
      const results = await classifyOn(board.session, bitstream, inputs, following);
      checkAgreement(
        `The firmware on ${id}`,
        goldenVectors.map(({ outputs }) => outputs),
        results.map(({ outputs }) => outputs),
      );
      const slowest = Math.max(...results.map(({ counter }) => counter));
      const perCount = device.counterUnit === 'cycles' ? 1 : clockHz / device.counterHz;
      return { cycles: Math.round(slowest * perCount) };
    } finally {
      await board.close();
    }
  } catch (error) {
    if (error instanceof AdiabitError && isOfThisMachine(error)) return { reason: error };
    throw error;
  }
}

/** There is no emulator, it is not installed, or it has less flash than the board. */
const isOfThisMachine = ({ code }: AdiabitError): boolean =>
  ['board.emulator-failed', 'board.no-emulator', 'transport.not-found', 'flash.too-large'].includes(code);

/** @throws ProjectError `project.mismatch` if any output differs */
export function checkAgreement(who: string, expected: readonly Int32Array[], actual: readonly Int32Array[]): void {
  const { mismatches, vectors } = compareOutputs(who, 'golden vectors', expected, actual);
  if (mismatches === 0) return;
  const message = `${who} gives other outputs than the integer oracle on ${mismatches} of ${vectors} golden vectors. Nothing was written.`;
  throw new ProjectError('mismatch', message, { who, mismatches, vectors });
}
